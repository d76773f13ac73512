import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** A socket that the server accepted, and what happened on it. */
export class AcceptedSocket {
  readonly socket: Socket
  /** Bytes of each write that the server's code made; several where the stream handed them on together. */
  readonly writes: Buffer[] = []
  read = 0
  written = 0

  constructor(socket: Socket) {
    this.socket = socket
    const note = (...chunks: (Buffer | string)[]) =>
      this.writes.push(Buffer.concat(chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk))))
    const { _write: write, _writev: writev } = socket
    socket._write = (chunk: Buffer | string, encoding, callback) => {
      note(chunk)
      write.call(socket, chunk, encoding, callback)
    }
    socket._writev = (chunks: { chunk: Buffer | string; encoding: BufferEncoding }[], callback) => {
      note(...chunks.map(({ chunk }) => chunk))
      writev?.call(socket, chunks, callback)
    }
    socket.once('close', () => {
      this.read = socket.bytesRead
      this.written = socket.bytesWritten
    })
  }

  /** Of the server that accepted it. */
  get server(): Server {
    return (this.socket as Socket & { server: Server }).server
  }
}

import type { Socket } from 'node:net'

/** Looks within the patience: a client is cut off between one patience and 7/6 of it. */
const LOOKS = 6

interface Waiting {
  /** Bytes that the kernel has taken, as far as whole writes tell. */
  writtenBytes: number
  /** Of the write that is under way, what the kernel has not taken yet. */
  queuedBytes: number
  looksWithoutProgress: number
}

/**
 * Disconnects clients that take nothing of what waits for them. Whoever only reads too little of a stream is held back by
 * the socket's buffer and costs little; but a client that has stopped would keep that buffer, a response of up to 1 MiB and its place among the
 * connections for ever, and would find on waking only what the log still has. Seen at the sockets, the rule holds for every
 * transport, requests that are answered and plug-ins too, and costs nothing per delivery: only sockets on which something waits are looked at twice.
 * Looks are counted, not time: a server that was itself stopped holds nothing against its clients.
 */
export class SlowReaders {
  readonly #sockets: Iterable<Socket>
  readonly #timer: NodeJS.Timeout
  #waiting = new Map<Socket, Waiting>()
  disconnected = 0

  constructor(sockets: Iterable<Socket>, patienceMs: number) {
    this.#sockets = sockets
    this.#timer = setInterval(() => this.#look(), patienceMs / LOOKS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#waiting.clear()
  }

  #look(): void {
    const waiting = new Map<Socket, Waiting>()
    for (const socket of this.#sockets) {
      if (socket.writableLength === 0 || socket.destroyed) continue
      const now = progressOf(socket)
      const before = this.#waiting.get(socket)
      const isStill = before?.writtenBytes === now.writtenBytes && before.queuedBytes === now.queuedBytes
      const looksWithoutProgress = isStill ? before.looksWithoutProgress + 1 : 0
      if (looksWithoutProgress < LOOKS) waiting.set(socket, { ...now, looksWithoutProgress })
      else {
        this.disconnected++
        socket.destroy()
      }
    }
    this.#waiting = waiting
  }
}

/** Node's own socket time-outs look at the handle's queue too: one large write may be under way for long, and yet go on. */
function progressOf(socket: Socket): Pick<Waiting, 'writtenBytes' | 'queuedBytes'> {
  const { _handle } = socket as Socket & { _handle?: { writeQueueSize?: number } | null }
  return { writtenBytes: socket.bytesWritten - socket.writableLength, queuedBytes: _handle?.writeQueueSize ?? 0 }
}

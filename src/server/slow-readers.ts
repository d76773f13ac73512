import type { Socket } from 'node:net'
import { kernelQueues } from './kernel-queues.js'

/** Looks within the patience: a client is cut off between one patience and 7/6 of it. */
const LOOKS = 6

interface Waiting {
  /** Bytes that the kernel has taken, as far as whole writes tell. */
  writtenBytes: number
  /** Of the write that is under way, what the kernel has not taken yet. */
  queuedBytes: number
  /** Of what the kernel has taken, what the client's has not, when that was last asked; `undefined` where it was not, or is not told. */
  kernelBytes: number | undefined
  looksWithoutProgress: number
}

/**
 * Disconnects clients that take nothing of what waits for them. Whoever only reads too little of a stream is held back by
 * the socket's buffer and costs little; but a client that has stopped would keep that buffer, a response of up to 1 MiB and its place among the
 * connections for ever, and would find on waking only what the log still has. Seen at the sockets, the rule holds for every
 * transport, requests that are answered and plug-ins too, and costs nothing per delivery: only sockets on which something waits are looked at twice.
 * Looks are counted, not time: a server that was itself stopped holds nothing against its clients.
 *
 * Linux lets a writer go on only when a third of its buffer is free, of 4 MB that is more than a megabyte: by what this process gets rid of, a
 * client that reads 40 kB/s would stand still for 30 s. So where nothing moves here, the kernel is asked how much the client has left untaken.
 */
export class SlowReaders {
  readonly #sockets: Iterable<Socket>
  readonly #timer: NodeJS.Timeout
  #waiting = new Map<Socket, Waiting>()
  #isLooking = false
  #isStopped = false
  disconnected = 0

  constructor(sockets: Iterable<Socket>, patienceMs: number) {
    this.#sockets = sockets
    this.#timer = setInterval(() => void this.#look(), patienceMs / LOOKS)
    this.#timer.unref()
  }

  stop(): void {
    this.#isStopped = true
    clearInterval(this.#timer)
    this.#waiting.clear()
  }

  async #look(): Promise<void> {
    // The kernel may take longer to answer than it is until the next look.
    if (this.#isLooking) return
    this.#isLooking = true
    const waiting = new Map<Socket, Waiting>()
    const doubtful: Socket[] = []
    for (const socket of this.#sockets) {
      if (socket.writableLength === 0 || socket.destroyed) continue
      const now = progressOf(socket)
      const before = this.#waiting.get(socket)
      const isStill = before?.writtenBytes === now.writtenBytes && before.queuedBytes === now.queuedBytes
      if (!isStill) waiting.set(socket, { ...now, kernelBytes: undefined, looksWithoutProgress: 0 })
      else {
        waiting.set(socket, before)
        before.looksWithoutProgress++
        // At first, and before it is cut off: the tables of a machine with many connections are long.
        if (before.kernelBytes === undefined || before.looksWithoutProgress >= LOOKS) doubtful.push(socket)
      }
    }
    this.#waiting = waiting
    if (doubtful.length > 0) this.#judge(doubtful, await kernelQueues(doubtful))
    this.#isLooking = false
  }

  #judge(doubtful: readonly Socket[], kernelBytes: ReadonlyMap<Socket, number>): void {
    for (const socket of doubtful) {
      const waiting = this.#waiting.get(socket)
      if (this.#isStopped || waiting === undefined || socket.destroyed) continue
      const bytes = kernelBytes.get(socket)
      const hasTakenSome = waiting.kernelBytes !== undefined && bytes !== undefined && bytes < waiting.kernelBytes
      waiting.kernelBytes = bytes
      if (hasTakenSome) waiting.looksWithoutProgress = 0
      if (waiting.looksWithoutProgress < LOOKS) continue
      this.disconnected++
      this.#waiting.delete(socket)
      socket.destroy()
    }
  }
}

/** Node's own socket time-outs look at the handle's queue too: one large write may be under way for long, and yet go on. */
function progressOf(socket: Socket): Pick<Waiting, 'writtenBytes' | 'queuedBytes'> {
  const { _handle } = socket as Socket & { _handle?: { writeQueueSize?: number } | null }
  return { writtenBytes: socket.bytesWritten - socket.writableLength, queuedBytes: _handle?.writeQueueSize ?? 0 }
}

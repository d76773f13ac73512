import type { BufferPeaks } from '../model/shard.js'

/** How often it is looked. What a write leaves behind for less than this may go unseen; what a slow reader leaves stays for longer. */
const LOOK_EVERY_MS = 100

/** The most that waited in this process for its clients, from `start` on. */
export class BufferWatch {
  readonly #read: () => { bytes: number; mostBytes: number }
  readonly #peaks: BufferPeaks = { maxBytes: 0, maxBytesPerConnection: 0, maxRssBytes: 0 }
  #timer: NodeJS.Timeout | undefined

  constructor(read: () => { bytes: number; mostBytes: number }) {
    this.#read = read
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref()
    this.#look()
  }

  stop(): BufferPeaks {
    clearInterval(this.#timer)
    this.#look()
    return { ...this.#peaks }
  }

  #look(): void {
    const { bytes, mostBytes } = this.#read()
    const peaks = this.#peaks
    peaks.maxBytes = Math.max(peaks.maxBytes, bytes)
    peaks.maxBytesPerConnection = Math.max(peaks.maxBytesPerConnection, mostBytes)
    peaks.maxRssBytes = Math.max(peaks.maxRssBytes, process.memoryUsage.rss())
  }
}

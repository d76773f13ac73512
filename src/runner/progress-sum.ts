import type { Progress } from '../model/member.js'

/** What all drivers of a trial have said last, added up. */
export class ProgressSum {
  readonly #last = new Map<number, Progress>()

  /** `driver`: from 0. */
  note(driver: number, progress: Progress): Progress {
    this.#last.set(driver, progress)
    const all = [...this.#last.values()]
    return {
      connected: all.reduce((sum, { connected }) => sum + connected, 0),
      delivered: all.reduce((sum, { delivered }) => sum + delivered, 0),
    }
  }
}

/** What a driver counts in wall time. */
export interface Sample {
  received: number
  sent: number
  headers: number
  payload: number
  deliveries: number
  /** Bytes that slow readers read. */
  slow: number
}

const NOTHING: Sample = { received: 0, sent: 0, headers: 0, payload: 0, deliveries: 0, slow: 0 }

/** Sums over the windows of figures that only ever grow. */
export class WindowSums {
  readonly sums: Sample = { ...NOTHING }
  #atStart: Sample = NOTHING

  start(sample: Sample): void {
    this.#atStart = sample
  }

  end(sample: Sample): void {
    for (const figure of Object.keys(sample) as (keyof Sample)[]) this.sums[figure] += sample[figure] - this.#atStart[figure]
  }
}

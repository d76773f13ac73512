import type { SliceShard } from '../model/pair.js'
import type { TrialWindow } from '../model/trial.js'
import type { Delivery } from './delivery-sheet.js'
import { Histogram } from './histogram.js'
import type { Deliveries } from './recorder.js'

interface Slice extends TrialWindow {
  timeUs: Histogram
  lagUs: Histogram
  negatives: number
}

/** The times of deliveries, by the slice in which the message was to be published. Nothing counts before `open`. */
export class SliceRecorder implements Deliveries {
  readonly #countsExcess: boolean
  #slices: Slice[] = []
  /** Where the last delivery belonged: the next belongs there too, or soon after. */
  #last = 0

  /** `countsExcess`: times are taken from the later of the intended publish and the poll that brought the message. */
  constructor(countsExcess: boolean) {
    this.#countsExcess = countsExcess
  }

  /** In the order of time. */
  open(windows: readonly TrialWindow[]): void {
    this.#slices = windows.map((window) => ({
      ...window,
      timeUs: new Histogram(),
      lagUs: new Histogram(),
      negatives: 0,
    }))
  }

  record({ intendedUs, publishedUs, receivedUs, lagUs, askedUs, readLagUs }: Delivery): void {
    const slice = this.#sliceAt(intendedUs)
    if (slice === undefined) return
    const fromUs = this.#countsExcess && askedUs !== undefined ? Math.max(intendedUs, askedUs) : intendedUs
    const timeUs = receivedUs - fromUs
    if (timeUs < 0 || receivedUs < intendedUs || (publishedUs !== null && receivedUs < publishedUs)) {
      slice.negatives++
      return
    }
    slice.timeUs.record(timeUs)
    slice.lagUs.record(Math.min(this.#countsExcess ? (readLagUs ?? lagUs) : lagUs, timeUs))
  }

  /** Ages of what clients hold mean nothing where the feed stands still between slices. */
  renew(): void {}

  finish(): SliceShard[] {
    return this.#slices.map(({ timeUs, lagUs, negatives }) => ({
      timeUs: timeUs.encode(),
      lagUs: lagUs.encode(),
      negatives,
    }))
  }

  #sliceAt(us: number): Slice | undefined {
    const holds = (slice: Slice | undefined) => slice !== undefined && us >= slice.startUs && us < slice.endUs
    for (const index of [this.#last, this.#last + 1]) {
      if (!holds(this.#slices[index])) continue
      this.#last = index
      return this.#slices[index]
    }
    return this.#slices.find(holds)
  }
}

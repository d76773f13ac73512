import { Blocks } from './blocks.js'
import { Histogram } from './histogram.js'

/** One delivery, in microseconds of the clock. */
export interface Delivery {
  intendedUs: number
  /** `null` where the message does not say when it was published. */
  publishedUs: number | null
  receivedUs: number
  /** For how long the driver's loop may have kept it waiting. */
  lagUs: number
  /** When the request that brought it was sent; absent where nobody had to ask. */
  askedUs?: number | undefined
  /** Of `lagUs`, what was not due to a request that was sent late. */
  readLagUs?: number
}

/** What is recorded of deliveries. */
export class DeliverySheet {
  readonly transitUs = new Histogram()
  readonly lagUs = new Histogram()
  readonly transitLessLagUs = new Histogram()
  readonly blocks = new Blocks()
  negatives = 0

  record({ intendedUs, publishedUs, receivedUs, lagUs }: Delivery, block: number): void {
    const latencyUs = receivedUs - intendedUs
    const transitUs = publishedUs === null ? null : receivedUs - publishedUs
    if (latencyUs < 0 || (transitUs !== null && transitUs < 0)) {
      // Nothing arrives before it is sent: never its absolute value, never 0 in silence.
      this.negatives++
      return
    }
    if (transitUs !== null) this.transitUs.record(transitUs)
    // A message cannot have waited for the driver longer than it was on its way.
    const wholeUs = transitUs ?? latencyUs
    const addedUs = Math.min(lagUs, wholeUs)
    this.lagUs.record(addedUs)
    this.transitLessLagUs.record(wholeUs - addedUs)
    this.blocks.record(block, latencyUs)
  }
}

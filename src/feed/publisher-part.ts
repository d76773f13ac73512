import { systemClock } from '../measure/clock.js'
import { Histogram } from '../measure/histogram.js'
import type { PositionRange } from '../measure/ledger.js'
import type { FeedTimes } from '../model/member.js'
import type { FeedSpec, TraceContent } from '../model/plan.js'
import type { ServerShard } from '../model/shard.js'
import { type Codec, jsonCodec } from './codec.js'
import { ThreadMetronome } from './metronome.js'
import { type Outlet, Publisher } from './publisher.js'
import { rehearse } from './rehearsal.js'
import { createSchedule, type Schedule } from './schedule.js'
import { createSource, type MessageSource } from './source.js'
import { positionsIn } from './windows.js'

/** For how long messages that are due may hold up an answer. */
const CATCH_UP_US = 5e3

/** A publisher with its own account of what it published, wherever it runs and whatever its outlet is. */
export class PublisherPart {
  readonly #schedule: Schedule
  readonly #publisher: Publisher
  readonly #metronome: ThreadMetronome
  readonly #publishDelayUs = new Histogram()
  #windows: PositionRange[] = []
  /** One for each window, without what waited for the outlet. */
  #ownDelaysUs: Histogram[] = []
  #published = 0
  #first: number | null = null
  #last: number | null = null
  #metronomeCpuUs: number | null = null
  #metronomeCpuAtStartUs: number | null = null

  private constructor(
    feed: FeedSpec,
    trace: TraceContent | null,
    source: MessageSource,
    outlet: Outlet,
    codec: Codec,
    metronome: ThreadMetronome,
  ) {
    this.#schedule = createSchedule(feed, trace)
    this.#metronome = metronome
    this.#publisher = new Publisher({
      schedule: this.#schedule,
      source,
      codec,
      outlet,
      clock: systemClock,
      metronome,
      onPublished: (position, intendedUs, publishedUs, isHeldUp) => this.#note(position, publishedUs - intendedUs, isHeldUp),
    })
  }

  static async create(
    feed: FeedSpec,
    trace: TraceContent | null,
    outlet: Outlet,
    codec: Codec = jsonCodec,
  ): Promise<PublisherPart> {
    const metronome = ThreadMetronome.launch(feed, trace)
    // Not with a codec of the user's, which may count what it makes. Renewal schedules remember what they have drawn, so that it is not the feed's own.
    const source = createSource(feed, trace)
    if (codec === jsonCodec) rehearse(createSchedule(feed, trace), source, codec)
    return new PublisherPart(feed, trace, source, outlet, codec, await metronome)
  }

  start({ epochUs, untilUs, windows }: FeedTimes): void {
    this.#windows = positionsIn(this.#schedule, epochUs, windows)
    this.#ownDelaysUs = windows.map(() => new Histogram())
    this.#publisher.start(epochUs, untilUs)
  }

  /** By window, how late the publisher itself was: HDR V2, base64. */
  get ownDelaysUs(): string[] {
    return this.#ownDelaysUs.map((delays) => delays.encode())
  }

  /** For a server about to answer: see `Publisher.publishDue`. */
  publishDue(): void {
    this.#publisher.publishDue(CATCH_UP_US)
  }

  /** For an outlet that could not take what was due, and can now. */
  resume(): void {
    this.#publisher.resume()
  }

  /** Whether a message is one of those that are measured. */
  isMeasured(position: number): boolean {
    return this.#windowOf(position) >= 0
  }

  windowStarts(): void {
    this.#metronomeCpuAtStartUs = this.#metronome.cpuUs()
  }

  windowEnds(): void {
    const cpuUs = this.#metronome.cpuUs()
    if (cpuUs === null || this.#metronomeCpuAtStartUs === null) return
    this.#metronomeCpuUs = (this.#metronomeCpuUs ?? 0) + cpuUs - this.#metronomeCpuAtStartUs
  }

  account(): Pick<ServerShard, 'published' | 'firstPosition' | 'lastPosition' | 'publishDelayUs' | 'metronomeCpuUs'> {
    return {
      published: this.#published,
      firstPosition: this.#first,
      lastPosition: this.#last,
      publishDelayUs: this.#publishDelayUs.encode(),
      metronomeCpuUs: this.#metronomeCpuUs,
    }
  }

  stop(): Promise<void> {
    return this.#publisher.stop()
  }

  #windowOf(position: number): number {
    return this.#windows.findIndex(({ first, last }) => position >= first && position <= last)
  }

  #note(position: number, delayUs: number, isHeldUp: boolean): void {
    const window = this.#windowOf(position)
    if (window < 0) return
    if (!isHeldUp) this.#ownDelaysUs[window]?.record(delayUs)
    this.#published++
    this.#first ??= position
    this.#last = position
    this.#publishDelayUs.record(delayUs)
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { loadCodec } from '../feed/codecs.js'
import { PublisherPart } from '../feed/publisher-part.js'
import { systemClock } from '../measure/clock.js'
import { Histogram } from '../measure/histogram.js'
import { UsageMeter } from '../measure/usage.js'
import { combineUsage } from '../measure/usage-sum.js'
import type { FeedTimes, PublisherSpec } from '../model/member.js'
import type { Json, Role, RoleFactory } from '../model/role.js'
import type { PublisherShard, Usage } from '../model/shard.js'
import { createDialer } from '../network/dial.js'
import { LoopByWindow } from './loop-by-window.js'
import { type OutletParts, PostOutlet } from './post-outlet.js'
import type { Posting, PostResult } from './posting.js'
import { WebSocketOutlet } from './websocket-outlet.js'

/** For how long the last answers are waited for, once nothing more is published. */
const LAST_ANSWERS_MS = 2_000
const LOOK_EVERY_MS = 20

/** A publisher in a process of its own: sends the feed to a server that does not publish by itself, on the schedule, and times it by its own clock. */
export const createPublisher: RoleFactory = async (json) => {
  const spec = json as unknown as PublisherSpec
  const codec = await loadCodec(spec.codec)
  const results = new Results()
  const dialer = createDialer({ ...spec.target, sourceAddresses: [] })
  const parts: OutletParts = {
    dial: () => dialer.dial(),
    target: spec.target,
    publish: spec.publish,
    clock: systemClock,
    onResult: (result) => results.note(result),
    onFree: () => results.part?.resume(),
  }
  const outlet = spec.publish.kind === 'post' ? new PostOutlet(parts) : new WebSocketOutlet(parts)
  results.part = await PublisherPart.create(spec.feed, spec.trace, outlet, codec)
  return new PublisherRole(outlet, results, results.part)
}

/** What became of the messages that are measured. */
class Results {
  part: PublisherPart | undefined
  readonly roundTripUs = new Histogram()
  accepted = 0
  failed = 0
  lastError: string | null = null

  note({ position, error, roundTripUs }: PostResult): void {
    if (error !== null) this.lastError = error
    if (this.part?.isMeasured(position) !== true) return
    if (error === null) {
      this.accepted++
      this.roundTripUs.record(roundTripUs)
    } else this.failed++
  }
}

class PublisherRole implements Role {
  readonly #outlet: Posting
  readonly #results: Results
  readonly #part: PublisherPart
  readonly #meter = new UsageMeter()
  readonly #usages: Usage[] = []
  #loops: LoopByWindow | undefined

  constructor(outlet: Posting, results: Results, part: PublisherPart) {
    this.#outlet = outlet
    this.#results = results
    this.#part = part
  }

  async request(method: string, params: Json): Promise<Json> {
    if (method === 'publish') this.#publish(params as unknown as FeedTimes)
    else if (method === 'collect') return (await this.#collect()) as unknown as Json
    else throw new Error(`a publisher does not know ${method}`)
    return null
  }

  barrier(name: string): void {
    if (name === 'window-start') this.#meter.start()
    else if (name === 'window-end') this.#usages.push(this.#meter.stop())
  }

  #publish(times: FeedTimes): void {
    this.#loops = new LoopByWindow(times.windows, systemClock)
    this.#part.start(times)
  }

  async stop(): Promise<void> {
    this.#loops?.stop()
    await this.#part.stop()
    await this.#outlet.close()
  }

  /** `published` is what the server has accepted: of what it refused nobody can be waiting for a delivery. */
  async #collect(): Promise<PublisherShard> {
    await this.#part.stop()
    for (let waitedMs = 0; this.#outlet.unanswered > 0 && waitedMs < LAST_ANSWERS_MS; waitedMs += LOOK_EVERY_MS)
      await sleep(LOOK_EVERY_MS)
    const { published: sent, firstPosition, lastPosition, publishDelayUs } = this.#part.account()
    const { accepted, failed, lastError, roundTripUs } = this.#results
    return {
      published: accepted,
      firstPosition,
      lastPosition,
      publishDelayUs,
      ownDelaysUs: this.#part.ownDelaysUs,
      ownUtilizations: this.#loops?.shares ?? [],
      publisher: { place: 'process', outlet: this.#outlet.name },
      posts: {
        accepted,
        failed,
        unconfirmed: sent - accepted - failed,
        roundTripUs: roundTripUs.encode(),
        lastError,
        usage: combineUsage(this.#usages),
      },
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Codec } from '../feed/codec.js'
import { createSource } from '../feed/source.js'
import { systemClock } from '../measure/clock.js'
import type { PlannedTrial, TraceContent } from '../model/plan.js'
import type { TargetPublish } from '../model/target.js'
import { createDialer } from '../network/dial.js'
import { type OutletParts, PostOutlet } from '../publisher/post-outlet.js'
import type { Posting } from '../publisher/posting.js'
import { WebSocketOutlet } from '../publisher/websocket-outlet.js'

const BETWEEN_MS = 20
const PATIENCE_MS = 5_000
const LOOK_EVERY_MS = 10

/** Publishes messages to a server that is looked at, one after the other. */
export class Posts {
  /** Positions in the feed. */
  readonly accepted: number[] = []
  failed = 0
  lastError: string | null = null
  readonly #outlet: Posting
  readonly #codec: Codec
  readonly #source: ReturnType<typeof createSource>
  #position = 0

  /** `publish`: with its values filled in. */
  constructor(
    planned: PlannedTrial,
    publish: TargetPublish,
    { address, codec, trace }: { address: { host: string; port: number }; codec: Codec; trace: TraceContent | null },
  ) {
    this.#codec = codec
    this.#source = createSource(planned.feed, trace)
    const target = { host: publish.host ?? address.host, port: publish.port ?? address.port }
    const dialer = createDialer({ ...target, sourceAddresses: [] })
    const parts: OutletParts = {
      dial: () => dialer.dial(),
      target,
      publish,
      clock: systemClock,
      onResult: ({ position, error }) => this.#note(position, error),
      onFree() {},
    }
    this.#outlet = publish.kind === 'post' ? new PostOutlet(parts) : new WebSocketOutlet(parts)
  }

  /** Publishes so many, and resolves once each was answered or the time is over. The positions in the feed of those that were accepted. */
  async publish(count: number): Promise<number[]> {
    const before = this.accepted.length
    for (let sent = 0; sent < count; sent++) {
      await until(() => this.#outlet.canTake())
      if (!this.#outlet.canTake()) {
        this.failed++
        this.lastError ??= 'no connection'
        continue
      }
      const nowUs = systemClock.nowUs()
      const position = ++this.#position
      this.#outlet.publish(this.#codec.encode(this.#source.message(position, nowUs, nowUs)), position)
      await until(() => this.#outlet.unanswered === 0)
      await sleep(BETWEEN_MS)
    }
    return this.accepted.slice(before)
  }

  close(): Promise<void> {
    return this.#outlet.close()
  }

  #note(position: number, error: string | null): void {
    if (error === null) this.accepted.push(position)
    else {
      this.failed++
      this.lastError = error
    }
  }
}

export async function until(isDone: () => boolean, forMs = PATIENCE_MS): Promise<void> {
  for (let waitedMs = 0; waitedMs < forMs && !isDone(); waitedMs += LOOK_EVERY_MS) await sleep(LOOK_EVERY_MS)
}

import type { Clock, Timer, Timers } from '../../measure/clock.js'
import type { PingOptions } from './options.js'

/** What a heartbeat does to its connection. */
export interface HeartbeatActions {
  sendPing(): void
  /** Nothing has come since a ping, for as long as an answer may take. Called once at most. */
  expire(error: Error): void
}

/**
 * Pings at a fixed interval, and notices that the peer is gone: a connection whose other end has vanished says nothing of that by itself, for as long as
 * nothing is sent (and TCP gives up on what is sent after a quarter of an hour). Between the end and its discovery lies U[timeout, timeout + interval).
 * Whatever comes shows that the peer is there, a message as well as a pong.
 */
export class Heartbeat {
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #options: PingOptions
  readonly #actions: HeartbeatActions
  #ping: Timer | undefined
  #deadline: Timer | undefined

  /** `phase`: the share of the interval after which the first ping is sent, so that clients that connect together do not ping together. */
  constructor(
    options: PingOptions,
    { clock, timers, phase }: { clock: Clock; timers: Timers; phase: number },
    actions: HeartbeatActions,
  ) {
    this.#clock = clock
    this.#timers = timers
    this.#options = options
    this.#actions = actions
    this.#arm(clock.nowUs() + phase * options.intervalUs)
  }

  /** Bytes have come. */
  heard(): void {
    if (this.#deadline === undefined) return
    this.#deadline.cancel()
    this.#deadline = undefined
  }

  stop(): void {
    this.#ping?.cancel()
    this.heard()
  }

  #arm(dueUs: number): void {
    this.#ping = this.#timers.at(dueUs, () => {
      this.#arm(dueUs + this.#options.intervalUs)
      // The earliest ping without an answer counts: a shorter interval does not put its end off.
      this.#deadline ??= this.#timers.at(this.#clock.nowUs() + this.#options.timeoutUs, () => this.#expire())
      this.#actions.sendPing()
    })
  }

  #expire(): void {
    this.stop()
    this.#actions.expire(new Error(`expected an answer to a ping within ${this.#options.timeoutUs / 1e3} ms, got nothing`))
  }
}

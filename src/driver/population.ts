import type { Clock, Timers } from '../measure/clock.js'
import { collectGarbage } from '../measure/garbage.js'
import type { SimulatedClient } from './simulated-client.js'

/** How often the ramp opens those clients that have become due. */
const RAMP_STEP_US = 5e3
/** How often it is looked whether what is waited for has come. */
const LOOK_EVERY_US = 20e3

/** The clients of a driver, through their life. */
export class Population {
  readonly clients: readonly SimulatedClient[]
  readonly #clock: Clock
  readonly #timers: Timers

  constructor(clients: readonly SimulatedClient[], clock: Clock, timers: Timers) {
    this.clients = clients
    this.#clock = clock
    this.#timers = timers
  }

  /** Opens the clients at a rate, and resolves when all are subscribed or the time is over, and what that left behind is collected. */
  async connect(ratePerSec: number, timeoutUs: number): Promise<void> {
    const startUs = this.#clock.nowUs()
    let opened = 0
    const openDue = () => {
      const elapsedUs = this.#clock.nowUs() - startUs
      const due = Math.min(this.clients.length, 1 + Math.floor((elapsedUs * ratePerSec) / 1e6))
      while (opened < due) this.clients[opened++]?.open()
      if (opened < this.clients.length && elapsedUs < timeoutUs) this.#timers.at(this.#clock.nowUs() + RAMP_STEP_US, openDue)
    }
    openDue()
    let asked = 0
    await this.#until(startUs + timeoutUs, () => {
      // Those already found subscribed are not asked again.
      while (this.clients[asked]?.wasSubscribed === true) asked++
      return asked === this.clients.length
    })
    // Whoever the ramp did not reach is a client that could not be served, not one that does not exist.
    while (opened < this.clients.length) this.clients[opened++]?.open()
    collectGarbage()
  }

  /** Resolves when every client has all messages up to a position, or the time is over. Whether all have. `null`: it is not known yet. */
  drained(lastPosition: () => number | null, untilUs: number): Promise<boolean> {
    let asked = 0
    return this.#until(untilUs, () => {
      const position = lastPosition()
      if (position === null) return false
      while (asked < this.clients.length && (this.clients[asked] as SimulatedClient).ledger.hasAllTo(position)) asked++
      return asked === this.clients.length
    })
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()))
  }

  #until(untilUs: number, isDone: () => boolean): Promise<boolean> {
    return new Promise((resolve) => {
      let isOver = false
      const look = () => {
        const nowUs = this.#clock.nowUs()
        if (isDone()) resolve(true)
        else if (isOver) resolve(false)
        else {
          // A process that was not let run comes here before it reads what came meanwhile: that is read before the last look.
          isOver = nowUs >= untilUs
          this.#timers.at(isOver ? nowUs : nowUs + LOOK_EVERY_US, look)
        }
      }
      look()
    })
  }
}

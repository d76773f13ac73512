import type { Clock } from '../measure/clock.js'
import type { FleetDescription } from '../model/placement.js'
import type { Fleet } from '../runner/fleet.js'

/** Where a probe looks. */
export interface Site {
  fleet: Fleet
  description: FleetDescription
  clock: Clock
  /** How long one measurement looks, in microseconds. */
  lookUs: number
  /** The most clients that a trial here may have. */
  mostClients: number
  /** Ends a probe early; it then rejects, and leaves nothing running. */
  signal: AbortSignal
}

/** One question to the machine. */
export interface Probe<Answer> {
  /** What it looks at, for the line that says how far things are. */
  readonly title: string
  /** How long it is likely to take, in microseconds. */
  expectedUs(lookUs: number): number
  ask(site: Site): Promise<Answer>
}

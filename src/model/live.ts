import type { PhaseName } from './phase.js'
import type { Load } from './plan.js'
import type { VerdictStatus } from './verdict.js'

/** A run while it goes on, as the terminal and the dashboard show it. All of it JSON; none of it is a result. */
export interface LiveView {
  scenario: string
  trials: number
  rounds: number
  loadPoints: number
  /** `null` before the first trial, and when the run is over. */
  now: LiveTrial | null
  /** One for each label, in the plan's order. */
  courses: LiveCourse[]
  /** The latest, the last one last; `finishedCount`: of all. */
  finished: FinishedTrial[]
  finishedCount: number
  /** Of the whole run; `null` where nobody knows. */
  timeLeftUs: number | null
}

/** The trial that goes on. `null`: not known in this phase, or not on this system. */
export interface LiveTrial {
  /** Place in the order of execution, from 1. */
  trial: number
  label: string
  transport: string
  load: Load
  round: number
  phase: PhaseName
  /** 0 where nobody knows how long the phase takes. */
  phaseUs: number
  phaseLeftUs: number
  trialLeftUs: number
  connected: number | null
  publishedPerSec: number | null
  deliveredPerSec: number | null
  latencyUs: { p50: number; p99: number } | null
  /** Deliveries of messages that some client has which others have not: on their way, or missing. While draining, of all messages. */
  awaited: number | null
  /** Processor time a second of wall time: 1 is one core. */
  serverLoad: number | null
  driverLoads: (number | null)[]
}

/** How the latest trial of a label went. */
export interface LiveCourse {
  label: string
  transport: string
  /** How many labels of the same transport come before. */
  variant: number
  points: LivePoint[]
}

export interface LivePoint {
  /** Since measuring began. */
  atMs: number
  p50Us: number | null
  p99Us: number | null
  deliveredPerSec: number | null
  serverLoad: number | null
  /** Of the busiest. */
  driverLoad: number | null
}

export interface FinishedTrial {
  trial: number
  label: string
  transport: string
  load: Load
  round: number
  status: VerdictStatus
  p50Us: number | null
  p99Us: number | null
  missing: number
  perMessageBytes: number | null
}

/** How a run ended, for whoever watched it. */
export interface LiveEnd {
  exitCode: number
  /** Why it ended early, or could not be; `null` where it did not. */
  why: string | null
  /** Absolute; `null` where nothing was written. */
  folder: string | null
  report: string | null
}

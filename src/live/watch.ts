import type { FinishedTrial, LiveCourse, LivePoint, LiveTrial, LiveView } from '../model/live.js'
import type { TrialProgress } from '../model/member.js'
import { PHASE_NAMES, type TrialPhase } from '../model/phase.js'
import type { Plan, PlannedTrial } from '../model/plan.js'
import type { Trial } from '../model/trial.js'
import { Rates } from './rates.js'
import { runLeftUs, trialLeftUs } from './time-left.js'

/** Points of a course, and finished trials, that are kept: beyond this, neighbours are put together, and the oldest forgotten. */
const MOST_POINTS = 240
const MOST_FINISHED = 200

/** Follows a run by what its runner tells, and says at any moment where it is. All times are of one clock, in microseconds. */
export class RunWatch {
  readonly #plan: Plan
  readonly #courses: LiveCourse[]
  readonly #finished: FinishedTrial[] = []
  #finishedCount = 0
  #trial: PlannedTrial | undefined
  #phase: TrialPhase = 'launch'
  #phaseUs = 0
  #phaseEndsUs = 0
  #measuredFromUs: number | null = null
  #progress: TrialProgress | null = null
  #rates = new Rates()
  #pointEveryMs = 0

  constructor(plan: Plan) {
    this.#plan = plan
    const seen = new Map<string, number>()
    this.#courses = plan.transports.map(({ label, transport }) => {
      const variant = seen.get(transport) ?? 0
      seen.set(transport, variant + 1)
      return { label, transport, variant, points: [] }
    })
  }

  enter(trial: PlannedTrial, phase: TrialPhase, endsInUs: number, nowUs: number): void {
    if (trial !== this.#trial) {
      this.#progress = null
      this.#rates = new Rates()
      this.#measuredFromUs = null
      this.#pointEveryMs = 0
    }
    if (phase === 'measure' && this.#measuredFromUs === null) {
      this.#measuredFromUs = nowUs
      const course = this.#courseOf(trial)
      if (course !== undefined) course.points = []
    }
    this.#trial = trial
    this.#phase = phase
    this.#phaseUs = endsInUs
    this.#phaseEndsUs = nowUs + endsInUs
  }

  note(progress: TrialProgress, nowUs: number): void {
    this.#progress = progress
    this.#rates.note(progress, nowUs)
    if (this.#measuredFromUs !== null && this.#phase !== 'close') this.#draw((nowUs - this.#measuredFromUs) / 1e3)
  }

  finish({ index, label, transport, load, round, verdict, latencyUs, messages, bytes }: Trial): FinishedTrial {
    const finished: FinishedTrial = {
      trial: index + 1,
      label,
      transport,
      load,
      round,
      status: verdict.status,
      p50Us: latencyUs.p50,
      p99Us: latencyUs.p99,
      missing: messages.missing,
      perMessageBytes: bytes.perMessage,
    }
    this.#finished.push(finished)
    this.#finishedCount++
    if (this.#finished.length > MOST_FINISHED) this.#finished.shift()
    return finished
  }

  /** Nothing goes on any more. */
  end(): void {
    this.#trial = undefined
  }

  view(nowUs: number): LiveView {
    const { scenario, trials, rounds, loadPoints } = this.#plan
    return {
      scenario: scenario.name,
      trials: trials.length,
      rounds,
      loadPoints: loadPoints.length,
      now: this.#now(nowUs),
      courses: this.#courses,
      finished: this.#finished,
      finishedCount: this.#finishedCount,
      timeLeftUs: this.#trial === undefined ? null : runLeftUs(this.#plan, this.#trial, this.#trialLeftUs(this.#trial, nowUs)),
    }
  }

  #now(nowUs: number): LiveTrial | null {
    if (this.#trial === undefined) return null
    const { index, label, transport, load, round } = this.#trial
    const isFlowing = ['warmup', 'measure', 'drain'].includes(this.#phase)
    return {
      trial: index + 1,
      label,
      transport,
      load,
      round,
      phase: PHASE_NAMES[this.#phase],
      phaseUs: this.#phaseUs,
      phaseLeftUs: Math.max(0, this.#phaseEndsUs - nowUs),
      trialLeftUs: this.#trialLeftUs(this.#trial, nowUs),
      connected: this.#progress?.connected ?? null,
      publishedPerSec: isFlowing ? this.#rates.perSec(({ newest }) => newest) : null,
      deliveredPerSec: isFlowing ? this.#rates.perSec(({ received }) => received) : null,
      latencyUs: isFlowing ? (this.#progress?.latencyUs ?? null) : null,
      awaited: this.#awaited(this.#trial),
      ...this.#loads(),
    }
  }

  #loads(): Pick<LiveTrial, 'serverLoad' | 'driverLoads'> {
    const share = (figure: (progress: TrialProgress) => number | null) => {
      const usPerSec = this.#rates.perSec(figure)
      return usPerSec === null ? null : usPerSec / 1e6
    }
    return {
      serverLoad: share(({ serverCpuUs }) => serverCpuUs),
      driverLoads: (this.#progress?.driverCpuUs ?? []).map((_, index) => share(({ driverCpuUs }) => driverCpuUs[index] ?? null)),
    }
  }

  #awaited({ load }: PlannedTrial): number | null {
    // What came since the last report of a trial that is over nobody has told.
    if (this.#progress === null || this.#measuredFromUs === null || this.#phase === 'close') return null
    const { seen, scheduled, delivered, superseded } = this.#progress
    const messages = this.#phase === 'measure' ? seen : (scheduled ?? seen)
    return Math.max(0, messages * load.clients - delivered - superseded)
  }

  #trialLeftUs(trial: PlannedTrial, nowUs: number): number {
    return trialLeftUs(trial, this.#phase, Math.max(0, this.#phaseEndsUs - nowUs))
  }

  #courseOf({ label }: PlannedTrial): LiveCourse | undefined {
    return this.#courses.find((course) => course.label === label)
  }

  #draw(atMs: number): void {
    const course = this.#trial === undefined ? undefined : this.#courseOf(this.#trial)
    if (course === undefined) return
    const point = { atMs: Math.round(atMs), ...this.#figures() }
    const last = course.points.at(-1)
    if (last !== undefined && atMs - last.atMs < this.#pointEveryMs) course.points.splice(-1, 1, together(last, point))
    else course.points.push(point)
    if (course.points.length <= MOST_POINTS) return
    this.#pointEveryMs = (2 * atMs) / MOST_POINTS
    course.points = course.points.flatMap((one, place, all) => (place % 2 === 1 ? [] : [together(one, all[place + 1] ?? one)]))
  }

  #figures(): Omit<LivePoint, 'atMs'> {
    const { serverLoad, driverLoads } = this.#loads()
    const drivers = driverLoads.filter((load) => load !== null)
    return {
      p50Us: this.#progress?.latencyUs?.p50 ?? null,
      p99Us: this.#progress?.latencyUs?.p99 ?? null,
      deliveredPerSec: this.#rates.perSec(({ received }) => received),
      serverLoad,
      driverLoad: drivers.length === 0 ? null : Math.max(...drivers),
    }
  }
}

/** Of two neighbours the greater figures stay: a peak is what is looked for. */
function together(point: LivePoint, next: LivePoint): LivePoint {
  const greater = (one: number | null, other: number | null) =>
    one === null || other === null ? (one ?? other) : Math.max(one, other)
  return {
    atMs: point.atMs,
    p50Us: greater(point.p50Us, next.p50Us),
    p99Us: greater(point.p99Us, next.p99Us),
    deliveredPerSec: greater(point.deliveredPerSec, next.deliveredPerSec),
    serverLoad: greater(point.serverLoad, next.serverLoad),
    driverLoad: greater(point.driverLoad, next.driverLoad),
  }
}

import type { Clock } from '../measure/clock.js'
import type { Diagnosis, Measured, TransportFigures } from '../model/diagnosis.js'
import { FeedbenchError } from '../model/errors.js'
import type { FleetDescription } from '../model/placement.js'
import type { Trial } from '../model/trial.js'
import type { Fleet } from '../runner/fleet.js'
import { placeTrial } from '../runner/placement.js'
import { builtInTransports } from '../transports/registry.js'
import { capacityOf, RATE_PER_SEC, refusalLimits, UTILIZATION } from './capacity.js'
import { checksOf } from './checks.js'
import { clockProbe } from './clock.js'
import { httpCeilingProbe } from './http-ceiling.js'
import type { Probe, Site } from './probe.js'
import { costProbe, floorProbe, PAYLOAD_BYTES, transportFigures } from './short-trials.js'
import { loopTimerProbe, waitingThreadProbe } from './timers.js'

const TRANSPORTS = builtInTransports.map(({ name }) => name)

const PLENTY = {
  descriptorsPerProcess: 1e6,
  portsPerAddress: 60_000,
  memoryFreeBytes: 1e12,
  descriptorsFree: 1e9,
  threadsFree: 1e6,
}

export interface Examination {
  fleet: Fleet
  clock: Clock
  version: string
  /** How long one measurement looks, in microseconds. */
  lookUs: number
  /** Rejects with E_INTERRUPTED, and ends all processes. */
  signal: AbortSignal
  /** Called before each step with what it looks at, and how long all that is left will take. */
  onStep(title: string, leftUs: number): void
}

/** How long an examination is likely to take, in microseconds. */
export function expectedUs(lookUs: number): number {
  return allProbes().reduce((sum, probe) => sum + probe.expectedUs(lookUs), 0)
}

/**
 * Looks at the machine, one probe after the other so that none disturbs another, and says what follows.
 * @throws FeedbenchError where it is interrupted, or a process or port fails
 */
export async function examine({ fleet, clock, version, lookUs, signal, onStep }: Examination): Promise<Diagnosis> {
  const startedUs = clock.nowUs()
  const description = await fleet.describe({ netem: true })
  const mostClients = refusalLimits(description)[0]?.most ?? 0
  const site: Site = { fleet, description, clock, lookUs, mostClients, signal }
  let leftUs = expectedUs(lookUs)
  const ask = async <Answer>(probe: Probe<Answer>): Promise<Answer> => {
    onStep(probe.title, leftUs)
    leftUs -= probe.expectedUs(lookUs)
    return probe.ask(site)
  }
  const measured = await measure(ask, description, mostClients > 0).catch((error: unknown) => {
    throw signal.aborted ? interrupted() : error
  })
  const checks = checksOf(measured)
  return {
    feedbench: { version },
    canMeasure: checks.every(({ status }) => status !== 'problem'),
    tookUs: clock.nowUs() - startedUs,
    basis: { ratePerSec: RATE_PER_SEC, payloadBytes: PAYLOAD_BYTES, utilization: UTILIZATION },
    checks,
    measured,
    capacity: measured.transports.map((figures) => capacityOf(figures, description)),
  }
}

type Ask = <Answer>(probe: Probe<Answer>) => Promise<Answer>

async function measure(ask: Ask, fleet: FleetDescription, hasRoom: boolean): Promise<Measured> {
  const clock = await ask(clockProbe)
  const loopUs = await ask(loopTimerProbe)
  const waitingThreadUs = await ask(waitingThreadProbe)
  const httpCeiling = hasRoom ? await ask(httpCeilingProbe) : null
  const transports: TransportFigures[] = []
  const trials: Trial[] = []
  for (const transport of hasRoom ? TRANSPORTS : []) {
    const [floor, cost] = [await ask(floorProbe(transport)), await ask(costProbe(transport))]
    trials.push(floor, cost)
    transports.push(transportFigures(transport, floor, cost))
  }
  return {
    fleet,
    // How processes are placed depends on the cores alone: also where there is no room for a client.
    cpuPlacement: placeTrial(1, { ...fleet, ...PLENTY }, true).cpuPlacement,
    clock,
    timers: { loopUs, waitingThreadUs },
    others: {
      cpuOthersShare: highest(trials.map(({ machine }) => machine.cpuOthersShare)),
      stealShare: highest(trials.map(({ machine }) => machine.stealShare)),
    },
    httpCeiling,
    transports,
  }
}

function allProbes(): Pick<Probe<unknown>, 'expectedUs'>[] {
  return [
    clockProbe,
    loopTimerProbe,
    waitingThreadProbe,
    httpCeilingProbe,
    ...TRANSPORTS.flatMap((name) => [floorProbe(name), costProbe(name)]),
  ]
}

function highest(shares: readonly (number | null)[]): number | null {
  const known = shares.filter((share) => share !== null)
  return known.length === 0 ? null : Math.max(...known)
}

function interrupted(): FeedbenchError {
  return new FeedbenchError({
    code: 'E_INTERRUPTED',
    where: 'doctor',
    message: 'expected to look at everything, but it was interrupted',
    hint: 'nothing was kept; --duration 0.5 looks for a shorter time',
  })
}

import type { Quantiles, ShortTrial, TransportFigures } from '../model/diagnosis.js'
import { FeedbenchError } from '../model/errors.js'
import type { Trial } from '../model/trial.js'
import { placeTrial } from '../runner/placement.js'
import { runTrial } from '../runner/trial.js'
import { makePlan, readScenario } from '../scenario/load.js'
import type { Probe, Site } from './probe.js'

interface Load {
  clients: number
  ratePerSec: number
  arrival: 'periodic' | 'poisson'
  warmupUs: number
  pollIntervalMs: number
}

/** A p99 needs 368 messages; at independent times, or polls would always meet the same part of their interval. */
const FLOOR: Load = { clients: 2, ratePerSec: 400, arrival: 'poisson', warmupUs: 0.3e6, pollIntervalMs: 2 }
/** Enough deliveries that the processes' own work, such as heartbeats, hardly counts. */
const COST: Load = { clients: 300, ratePerSec: 25, arrival: 'periodic', warmupUs: 1e6, pollIntervalMs: 40 }
export const PAYLOAD_BYTES = 200

/** What a trial takes beside its phases: starting processes, reading idle memory, settling. Measured: 1.8 to 2.1 s. */
const OVERHEAD_US = 2e6

/** Same seed, same publish times: what differs from one visit to the next is the machine. */
const SEED = 1

/** The least that a message takes over loopback: a few clients that leave the machine idle. */
export function floorProbe(transport: string): Probe<Trial> {
  return shortTrial(`${transport}: latency floor`, transport, FLOOR)
}

/** What a delivery costs server and driver: some hundred clients, one poll a message where clients poll. */
export function costProbe(transport: string): Probe<Trial> {
  return shortTrial(`${transport}: cost of a delivery`, transport, COST)
}

function shortTrial(title: string, transport: string, load: Load): Probe<Trial> {
  const { clients, ratePerSec, arrival, warmupUs, pollIntervalMs } = load
  return {
    title,
    expectedUs: (lookUs) => OVERHEAD_US + warmupUs + lookUs,
    ask: (site) =>
      trialOf(site, {
        name: 'doctor',
        feed: { rate: `${ratePerSec}/s`, arrival, payload: `${PAYLOAD_BYTES}B` },
        clients: Math.min(clients, site.mostClients),
        transports: [transport === 'polling' ? { polling: { interval: `${pollIntervalMs}ms` } } : transport],
        phases: { warmup: `${warmupUs}us`, measure: `${site.lookUs}us`, drain: '2s' },
      }),
  }
}

/** One trial through the same reader, planner, processes and verdict as `run`. */
async function trialOf({ fleet, description, clock, signal }: Site, scenario: object): Promise<Trial> {
  const plan = makePlan(await readScenario(JSON.stringify(scenario), { file: 'doctor' }), description, placeTrial, { seed: SEED })
  const [planned] = plan.trials
  if (planned === undefined) throw new Error('a scenario without trials')
  const abort = () => void fleet.abort()
  signal.throwIfAborted()
  signal.addEventListener('abort', abort, { once: true })
  try {
    const events = { onPhase() {}, onProgress() {} }
    return await runTrial(planned, { fleet, clock, host: '127.0.0.1', trace: null, events, signal })
  } catch (error) {
    // What a broken-off trial dies of says nothing about the machine.
    signal.throwIfAborted()
    if (!(error instanceof FeedbenchError)) throw error
    throw new FeedbenchError(error.problems.map((problem) => ({ ...problem, where: `${problem.where} (${planned.label})` })))
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** What the two trials of a transport say about it. */
export function transportFigures(transport: string, floor: Trial, cost: Trial): TransportFigures {
  const { delivered } = cost.messages
  const { cpuUs } = cost.driver
  return {
    transport,
    floor: {
      ...conditions(floor, FLOOR),
      transitUs: quantilesOf(floor),
    },
    cost: {
      ...conditions(cost, COST),
      serverCpuUsPerDelivery: rounded(cost.server.cpuUsPerMessage),
      driverCpuUsPerDelivery: cpuUs === null || delivered === 0 ? null : rounded(cpuUs / delivered),
      serverRssBytesPerClient: cost.server.rssBytesPerConnection,
    },
  }
}

function conditions({ transport, load, verdict }: Trial, { pollIntervalMs }: Load): ShortTrial {
  return {
    clients: load.clients,
    ratePerSec: load.ratePerSec,
    pollIntervalUs: transport === 'polling' ? pollIntervalMs * 1e3 : null,
    verdict: verdict.status,
    // A finding says something about the server, and leaves a trial valid.
    reasons: verdict.reasons.filter(({ severity }) => severity !== 'finding').map(({ code, message }) => ({ code, message })),
  }
}

function quantilesOf({ transitUs: { count, p50, p99, max } }: Trial): Quantiles {
  return { count, p50, p99, max }
}

/** To a hundredth of a microsecond. */
function rounded(us: number | null): number | null {
  return us === null ? null : Math.round(us * 100) / 100
}

import { summarize } from '../analysis/summary.js'
import { distribution, Histogram } from '../measure/histogram.js'
import type { Load, Plan, PlannedTrial } from '../model/plan.js'
import type { Predicted } from '../model/prediction.js'
import type { Result } from '../model/result.js'
import { RESULT_SCHEMA_VERSION } from '../model/result.js'
import { JSON_CODEC } from '../model/target.js'
import type { Distribution, Trial } from '../model/trial.js'
import type { Reason, Verdict } from '../model/verdict.js'
import { ENVIRONMENT } from './environment.js'

/** Plausible figures for tests: what a small local run looks like, and any part of it replaced. */

export const LOAD: Load = { clients: 200, ratePerSec: 20, payloadBytes: 200 }

/** What each transport roughly costs at `LOAD`. */
const PROFILES: Record<string, { latencyUs: number; perMessage: number; requests: number; cpuUs: number; rssBytes: number }> = {
  polling: { latencyUs: 512_000, perMessage: 241, requests: 0.05, cpuUs: 6.1, rssBytes: 9_800 },
  'long-polling': { latencyUs: 4_300, perMessage: 391, requests: 0.95, cpuUs: 71.5, rssBytes: 21_400 },
  'http-streaming': { latencyUs: 3_050, perMessage: 208, requests: 0, cpuUs: 22.7, rssBytes: 18_900 },
  sse: { latencyUs: 3_120, perMessage: 221, requests: 0, cpuUs: 23.4, rssBytes: 19_200 },
  websocket: { latencyUs: 2_310, perMessage: 204, requests: 0, cpuUs: 14.2, rssBytes: 15_600 },
}
const FALLBACK = { latencyUs: 2_500, perMessage: 210, requests: 0, cpuUs: 15, rssBytes: 16_000 }

/** A distribution around a median in microseconds; its tail reaches four times as far. */
export function buildDistribution(medianUs: number): Distribution {
  const histogram = new Histogram()
  for (let step = 1; step <= 1_000; step++)
    histogram.record(medianUs * (0.5 + step / 1_000 + (step > 980 ? (step - 980) / 8 : 0)))
  return distribution(histogram)
}

export function buildReason(reason: Partial<Reason> = {}): Reason {
  return {
    code: 'DRIVER_LAG',
    severity: 'invalid',
    message: 'The driver may have added up to 41 % of the transit that it reports.',
    evidence: { lagUsP99: 3_900, transitUsP99: 9_500, share: 0.41 },
    ...reason,
  }
}

export function buildVerdict(...reasons: Reason[]): Verdict {
  const severities = reasons.map(({ severity }) => severity)
  const status = severities.includes('invalid') ? 'invalid' : severities.includes('degraded') ? 'degraded' : 'valid'
  return { status, reasons }
}

/** `wobble` scales whatever depends on the machine: 1.03 is a round that came out 3 % worse. */
export function buildTrial({ wobble = 1, ...overrides }: Partial<Trial> & { wobble?: number } = {}): Trial {
  const transport = overrides.transport ?? 'websocket'
  const load = overrides.load ?? LOAD
  const profile = PROFILES[transport] ?? FALLBACK
  const scheduled = load.ratePerSec * 5
  const expected = scheduled * load.clients
  const payload = expected * (load.payloadBytes ?? 200)
  const requests = Math.round(expected * profile.requests)
  return {
    index: 0,
    transport,
    label: transport,
    round: 1,
    load,
    windows: [{ startUs: 1_000_000, endUs: 6_000_000, side: null, tag: null }],
    verdict: { status: 'valid', reasons: [] },
    messages: {
      scheduled,
      published: scheduled,
      expected,
      delivered: expected,
      missing: 0,
      superseded: 0,
      duplicates: 0,
      reordered: 0,
    },
    latencyUs: buildDistribution(profile.latencyUs * wobble),
    transitUs: buildDistribution((profile.latencyUs - 300) * wobble),
    publishDelayUs: buildDistribution(300 * wobble),
    connectUs: buildDistribution(5_200 * wobble),
    stalenessUs: buildDistribution(28_000 * wobble),
    bytes: {
      payload,
      headers: requests * 190,
      framing: expected * profile.perMessage - payload - requests * 190,
      received: expected * profile.perMessage - requests * 71,
      sent: requests * 71,
      perMessage: profile.perMessage,
      overheadRatio: (expected * profile.perMessage - payload) / payload,
      lifetime: { received: expected * profile.perMessage * 1.4, sent: requests * 71 + load.clients * 160 },
    },
    requests: {
      total: requests,
      empty: 0,
      failed: 0,
      skipped: 0,
      perMessage: profile.requests,
      messagesPerResponse: profile.requests === 0 ? null : 1 / profile.requests,
    },
    connections: { opened: load.clients, failed: 0, reconnects: 0 },
    slowReaders: null,
    server: {
      cpuUs: expected * profile.cpuUs * wobble,
      cpuUserUs: expected * profile.cpuUs * wobble * 0.7,
      cpuSystemUs: expected * profile.cpuUs * wobble * 0.3,
      metronomeCpuUs: 21_000,
      cpuUsPerMessage: profile.cpuUs * wobble,
      eventLoopUtilization: 0.21,
      eventLoopDelayUsP99: 2_100,
      gcUs: 9_000,
      rssBytes: 92_000_000,
      rssBytesPerConnection: profile.rssBytes * wobble,
      writes: requests === 0 ? expected : null,
      messagesPerWrite: requests === 0 ? 1 : null,
      evicted: 0,
      disconnected: { slow: 0, refused: 0 },
    },
    driver: {
      cpuUs: 900_000,
      eventLoopUtilization: 0.3,
      eventLoopDelayUsP99: 2_400,
      gcUs: 12_000,
      rssBytes: 110_000_000,
      lagUs: buildDistribution(90),
      transitLessLagUs: buildDistribution(2_700),
      heartbeatLatenessUs: buildDistribution(200),
      frozenUs: 0,
      negatives: 0,
      exhausted: 0,
    },
    drivers: [],
    series: [],
    publisher: { place: 'server', outlet: 'log', posts: null },
    machine: { cpuOthersShare: 0.02, stealShare: 0, wallClockDriftUs: 4 },
    placement: { server: { cores: [0] }, drivers: [{ cores: [1], clients: load.clients, sourceAddresses: ['127.0.0.1'] }] },
    predicted: buildPredicted(transport, profile),
    network: null,
    startedAt: '2024-05-01T12:00:00.000Z',
    notMeasured: {},
    ...overrides,
  }
}

/** Polls as theory has them, but for their bytes; of the others only the bytes, which are exact. */
function buildPredicted(transport: string, { perMessage, requests, latencyUs }: typeof FALLBACK): Predicted {
  if (!Object.hasOwn(PROFILES, transport)) return { figures: [], notCovered: 'a transport without a model' }
  const beside = (metric: string, expected: number, measured: number) => ({
    metric,
    expected,
    measured,
    deviation: expected === 0 ? null : measured / expected - 1,
    source: 'as theory has it',
  })
  const bytes = beside('bytes.perMessage', transport === 'polling' ? 240 : perMessage, perMessage)
  if (transport !== 'polling') return { figures: [bytes], notCovered: 'latencies below 20 ms' }
  const latency = beside('latencyUs.mean', 500_000, latencyUs)
  return {
    figures: [latency, beside('requests.perMessage', requests, requests), beside('requests.emptyShare', 0, 0), bytes],
    notCovered: null,
  }
}

export interface ResultParts {
  /** Labels; the transport is what stands before the parenthesis. */
  labels?: string[]
  loadPoints?: Load[]
  rounds?: number
  thresholds?: string[]
  /** Replaces parts of a trial. */
  alter?: (trial: Trial) => Partial<Trial>
  /** Trials after this many did not take place. */
  finished?: number
  endedEarly?: string | null
  scenario?: Partial<Plan['scenario']>
}

export function buildPlan({
  labels = Object.keys(PROFILES),
  loadPoints = [LOAD],
  rounds = 1,
  thresholds = [],
  scenario,
}: ResultParts = {}): Plan {
  const transports = labels.map((label) => {
    const transport = label.split('(')[0] ?? label
    return { transport, label, module: `feedbench:${transport}`, options: {} }
  })
  const cells = loadPoints.flatMap((load) => transports.map((transport) => ({ ...transport, load })))
  const trials = Array.from({ length: rounds }, (_, round) => cells.map((cell) => ({ ...cell, round: round + 1 }))).flat()
  return {
    planVersion: 2,
    scenario: { name: 'quick', description: null, file: 'scenarios/quick.yaml', sha256: 'd'.repeat(64), ...scenario },
    seed: 42,
    rounds,
    transports,
    loadPoints,
    thresholds,
    published: null,
    trials: trials.map((trial, index) => plannedTrial({ ...trial, index })),
    cpuPlacement: { mode: 'pinned', reason: null },
  }
}

/** Rounds differ by a few percent, always in the same way. */
const WOBBLES = [1, 1.03, 0.98, 1.01, 0.99]

export function buildResult(parts: ResultParts = {}): Result {
  const plan = buildPlan(parts)
  const trials = plan.trials.slice(0, parts.finished).map(({ index, transport, label, round, load }) => {
    const trial = buildTrial({ index, transport, label, round, load, wobble: WOBBLES[(round - 1) % WOBBLES.length] ?? 1 })
    return { ...trial, ...parts.alter?.(trial) }
  })
  const summary = summarize(plan, trials, { endedEarly: parts.endedEarly ?? null })
  return {
    schemaVersion: RESULT_SCHEMA_VERSION,
    feedbench: { version: '0.1.0' },
    environment: ENVIRONMENT,
    plan,
    trials,
    summary,
  }
}

function plannedTrial(
  trial: Pick<PlannedTrial, 'transport' | 'label' | 'module' | 'options' | 'load' | 'round' | 'index'>,
): PlannedTrial {
  const { ratePerSec, payloadBytes, clients } = trial.load
  return {
    ...trial,
    feed: { arrival: 'poisson', ratePerSec, payloadBytes, burst: null, trace: null, seed: 1 },
    phases: { warmupUs: 1e6, measureUs: 5e6, drainUs: 2e6 },
    windows: [{ startOffsetUs: 1e6, endOffsetUs: 6e6, side: null, tag: null }],
    connect: { ratePerSec: 1_000, timeoutUs: 10e6 },
    slowReaders: null,
    clientSeed: 2,
    requestHeaders: { name: 'minimal', headers: [] },
    publisher: { place: 'server', outlet: 'log append' },
    placement: { server: { cores: [0] }, drivers: [{ cores: [1], clients, sourceAddresses: ['127.0.0.1'] }] },
    network: null,
    target: null,
    codec: JSON_CODEC,
  }
}

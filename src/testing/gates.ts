import type { ComparedFigure, Comparison } from '../model/comparison.js'
import {
  COMPARED_METRICS,
  type ComparedMetric,
  type GateResult,
  type GateRound,
  type GateVerdict,
  type MetricVerdict,
} from '../model/gate.js'
import { LOAD } from './builders.js'
import { ENVIRONMENT } from './environment.js'

/** Plausible gates and comparisons for tests, and any part of them replaced. */

const BASELINES: Record<ComparedMetric, number> = {
  'latencyUs.p50': 2_310,
  'latencyUs.p90': 4_120,
  'latencyUs.windowedP99': 6_330,
  'bytes.perMessage': 204,
  'server.cpuUsPerMessage': 14.2,
}

const MARGINS: Record<ComparedMetric, number | null> = {
  'latencyUs.p50': 0.05,
  'latencyUs.p90': 0.05,
  'latencyUs.windowedP99': 0.1,
  'bytes.perMessage': 0.01,
  'server.cpuUsPerMessage': null,
}

function buildMetricVerdict(parts: Partial<MetricVerdict> = {}): MetricVerdict {
  const metric = parts.metric ?? 'latencyUs.p50'
  const ratio = parts.ratio === undefined ? 1.004 : parts.ratio
  return {
    label: 'websocket',
    metric,
    margin: MARGINS[metric],
    rounds: 12,
    exact: false,
    outcome: 'equivalent',
    ratio,
    interval: ratio === null ? null : { low: ratio - 0.02, high: ratio + 0.02, percent: 95 },
    pWorse: 0.41,
    pWorseAdjusted: 1,
    pBeyondMargin: 0.0005,
    baseline: BASELINES[metric],
    candidate: ratio === null ? null : BASELINES[metric] * ratio,
    settledBy: null,
    ...parts,
  }
}

export const REGRESSED = { outcome: 'regressed', ratio: 1.12, pWorse: 0.0002, pWorseAdjusted: 0.002 } as const

export interface GateParts {
  labels?: string[]
  name?: string
  /** Replaces parts of a label's metric. */
  alter?: (metric: MetricVerdict) => Partial<MetricVerdict>
  verdict?: Partial<GateVerdict>
  /** Replaces parts of a round. */
  alterRound?: (round: GateRound) => Partial<GateRound>
  rounds?: number
}

export function buildGate(parts: GateParts = {}): GateResult {
  const { labels = ['sse', 'websocket'], name = 'quick', alter, verdict, alterRound, rounds = 12 } = parts
  const metrics = labels.flatMap((label) =>
    COMPARED_METRICS.map((metric) => {
      const built = buildMetricVerdict({ label, metric })
      return { ...built, ...buildMetricVerdict({ label, metric, ...alter?.(built) }) }
    }),
  )
  return {
    schemaVersion: 1,
    feedbench: { version: '0.1.0' },
    form: 'ab',
    layout: 'slices',
    scenario: { name, sha256: 'd'.repeat(64) },
    seed: 42,
    sides: {
      baseline: { what: '../baseline', build: 'a'.repeat(64), revision: 'b101f6d' },
      candidate: { what: '.', build: 'c'.repeat(64), revision: 'f61cfc1' },
    },
    rules: {
      margins: MARGINS,
      identicalBytesMargin: 0.005,
      looks: [6, 12, 20],
      alphas: [0.002, 0.006, 0.002],
      passAlpha: 0.05,
      mostReplacedShare: 0.25,
    },
    environment: ENVIRONMENT,
    rounds: Array.from({ length: rounds }, (_, place) => {
      const round = buildRound(labels, place + 1, metrics)
      return { ...round, ...alterRound?.(round) }
    }),
    verdict: {
      status: 'pass',
      why: 'No metric is worse than its margin',
      rounds,
      look: 2,
      replaced: 0,
      metrics,
      ledgers: labels.flatMap((label) =>
        (['missing', 'duplicates', 'reordered'] as const).map((kind) => ({
          label,
          kind,
          baseline: 0,
          candidate: 0,
          status: 'pass' as const,
        })),
      ),
      exitCode: 0,
      ...verdict,
    },
  }
}

function buildRound(labels: string[], round: number, metrics: readonly MetricVerdict[]): GateRound {
  return {
    round,
    seed: round * 7,
    first: Object.fromEntries(labels.map((label) => [label, round % 2 === 0 ? 'baseline' : 'candidate'])),
    startedAt: '2024-05-01T12:00:00.000Z',
    validity: { status: 'valid', reasons: [] },
    values: metrics.map(({ label, metric, baseline, candidate, ratio }) => ({
      label,
      metric,
      lnRatio: ratio === null ? null : Math.log(ratio),
      baseline,
      // The middle rounds have the verdict's figure: it is their median.
      candidate: candidate === null ? null : candidate * (1 + (Math.min(2, Math.max(-2, round - 6.5)) / 2) * 0.04),
      pairs: 19,
      dropped: 0,
    })),
    ledgers: labels.flatMap((label) =>
      (['baseline', 'candidate'] as const).map((side) => ({
        label,
        side,
        expected: 2_000,
        delivered: 2_000,
        missing: 0,
        superseded: 0,
        duplicates: 0,
        reordered: 0,
      })),
    ),
    covariates: { loadAverage: 0.4 },
  }
}

export function buildComparison(
  parts: Partial<Comparison> & { alter?: (figure: ComparedFigure) => Partial<ComparedFigure> } = {},
): Comparison {
  const { alter, ...others } = parts
  const figures = ['latencyUs.p50', 'bytes.perMessage'].map((metric): ComparedFigure => {
    const figure: ComparedFigure = {
      label: 'websocket',
      load: LOAD,
      metric,
      margin: 0.05,
      baseline: { trials: 5, degraded: 0, invalid: 0, median: 2_310 },
      candidate: { trials: 5, degraded: 0, invalid: 0, median: 2_330 },
      exact: false,
      ratio: 1.0087,
      interval: { low: 0.98, high: 1.03, percent: 95 },
      p: 0.5476,
      pAdjusted: 1,
      outcome: 'equivalent',
      settledBy: null,
    }
    return { ...figure, ...alter?.(figure) }
  })
  const run = { scenario: 'quick', version: '0.1.0', revision: 'b101f6d', startedAt: '2024-05-01T12:00:00.000Z', trials: 5 }
  return {
    schemaVersion: 1,
    baseline: { ...run, path: 'runs/old' },
    candidate: { ...run, path: 'runs/new' },
    differences: [],
    figures,
    ledgers: [{ label: 'websocket', kind: 'missing', baseline: 0, candidate: 0, status: 'pass' }],
    exitCode: 0,
    ...others,
  }
}

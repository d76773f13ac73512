import type { ComparedMetric, GateRound, RoundLedger, RoundValue } from '../model/gate.js'

/** Rounds of a gate for tests: values of `ln(candidate / baseline)` by `label metric`, round after round. */
export function buildGateRounds(
  lnRatios: Record<string, readonly (number | null)[]>,
  alter: Partial<GateRound> = {},
): GateRound[] {
  const count = Math.max(0, ...Object.values(lnRatios).map(({ length }) => length))
  return Array.from({ length: count }, (_, index) =>
    buildGateRound(index + 1, {
      values: Object.entries(lnRatios).map(([name, values]) => {
        const [label = '', metric = ''] = name.split(' ')
        return roundValue(label, metric as ComparedMetric, values[index] ?? null)
      }),
      ...alter,
    }),
  )
}

export function buildGateRound(round: number, parts: Partial<GateRound> = {}): GateRound {
  return {
    round,
    seed: round,
    first: {},
    startedAt: '2024-05-01T12:00:00.000Z',
    validity: { status: 'valid', reasons: [] },
    values: [],
    ledgers: [],
    covariates: {},
    ...parts,
  }
}

export function roundValue(label: string, metric: ComparedMetric, lnRatio: number | null): RoundValue {
  const baseline = metric === 'bytes.perMessage' ? 204 : 2_000
  const candidate = lnRatio === null ? null : baseline * Math.exp(lnRatio)
  return { label, metric, lnRatio, baseline: lnRatio === null ? null : baseline, candidate, pairs: 10, dropped: 0 }
}

export function roundLedger(label: string, side: RoundLedger['side'], parts: Partial<RoundLedger> = {}): RoundLedger {
  return { label, side, expected: 1_000, delivered: 1_000, missing: 0, superseded: 0, duplicates: 0, reordered: 0, ...parts }
}

export const INVALID_ROUND: GateRound['validity'] = {
  status: 'invalid',
  reasons: [{ code: 'CPU_OTHERS', message: 'Other programs used 40 % of the machine.', evidence: { share: 0.4 } }],
}

import type { GateResult } from '../model/gate.js'
export function renderGate(result: GateResult, _options: { colour: boolean; width: number }): string {
  const { verdict } = result
  const lines = verdict.metrics.map(
    (m) =>
      `${m.label} ${m.metric} ${m.outcome} ratio ${m.ratio?.toFixed(4)} [${m.interval?.low?.toFixed(4)}, ${m.interval?.high?.toFixed(4)}] pW ${m.pWorseAdjusted?.toFixed(4)} pM ${m.pBeyondMargin?.toFixed(4)} base ${m.baseline} cand ${m.candidate}`,
  )
  return `${verdict.status}: ${verdict.why}\n${lines.join('\n')}\n`
}

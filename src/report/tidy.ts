import { metricOf } from '../analysis/metric.js'
import { METRIC_PATHS, metricInfo } from '../analysis/metric-table.js'
import type { Result } from '../model/result.js'

/**
 * CSV (RFC 4180), tidy: a row a measurement, which is one figure of one trial. Base units, as the name of the metric says; what was not
 * measured is empty. Cells that a spreadsheet would take for a formula begin with an apostrophe.
 */
export function renderCsv(results: readonly Result[]): string {
  const axes = [...new Set(results.flatMap(({ trials }) => trials.flatMap(({ load }) => Object.keys(load))))]
  const head = [
    'run',
    'scenario',
    'trial',
    'round',
    'label',
    'transport',
    ...axes,
    'verdict',
    'reasons',
    'metric',
    'kind',
    'value',
  ]
  const lines = results.flatMap(({ plan, trials }, run) =>
    trials.flatMap((trial) => {
      const { index, round, label, transport, load, verdict } = trial
      const reasons = verdict.reasons.map(({ code }) => code).join(' ')
      const before = [
        run + 1,
        plan.scenario.name,
        index,
        round,
        label,
        transport,
        ...axes.map((axis) => (Object.hasOwn(load, axis) ? load[axis] : null)),
      ]
      return METRIC_PATHS.map((metric) => [
        ...before,
        verdict.status,
        reasons,
        metric,
        metricInfo(metric)?.kind,
        metricOf(trial, metric),
      ])
    }),
  )
  return [head, ...lines].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('')
}

function cell(value: string | number | boolean | null | undefined): string {
  if (typeof value !== 'string') return value === null || value === undefined ? '' : String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

import { metricOf } from '../analysis/metric.js'
import { METRIC_PATHS, type MetricKind, metricInfo } from '../analysis/metric-table.js'
import type { Result } from '../model/result.js'
import type { Trial } from '../model/trial.js'

/** OpenMetrics 1.0: base units of its own, which are seconds and bytes. Every figure is a gauge: the run is over, and nothing counts on. */
export function renderOpenMetrics(results: readonly Result[]): string {
  const trials = results.flatMap(({ plan, trials }, run) =>
    trials.map((trial) => ({ trial, labels: labelsOf(trial, plan.scenario.name, run + 1) })),
  )
  const families = METRIC_PATHS.flatMap((path) => {
    const kind = metricInfo(path)?.kind ?? 'ratio'
    const samples = trials.flatMap(({ trial, labels }) => {
      const value = metricOf(trial, path)
      return value === null
        ? []
        : [`${nameOf(path, kind)}{${labels}} ${kind === 'duration' ? Number((value / 1e6).toPrecision(12)) : value}`]
    })
    return samples.length === 0 ? [] : [...headOf(path, kind), ...samples]
  })
  const verdicts = trials.map(
    ({ trial, labels }) =>
      `feedbench_trial_valid{${labels},verdict="${trial.verdict.status}"} ${trial.verdict.status === 'invalid' ? 0 : 1}`,
  )
  const validity = [
    '# TYPE feedbench_trial_valid gauge',
    '# HELP feedbench_trial_valid 0 where the trial is invalid and its figures must not be used.',
    ...verdicts,
  ]
  return `${[...validity, ...families, '# EOF'].join('\n')}\n`
}

const UNITS: Partial<Record<MetricKind, string>> = { duration: 'seconds', size: 'bytes' }

/** `latencyUs.p99` as `feedbench_latency_p99_seconds`, `bytes.perMessage` as `feedbench_bytes_per_message_bytes`. */
function nameOf(path: string, kind: MetricKind): string {
  const words = path
    .replace(/Us(?=\.|$|P\d)/g, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
    .replaceAll('.', '_')
    .toLowerCase()
  const unit = UNITS[kind]
  return `feedbench_${words}${unit === undefined ? '' : `_${unit}`}`
}

function headOf(path: string, kind: MetricKind): string[] {
  const name = nameOf(path, kind)
  const unit = UNITS[kind]
  return [
    `# TYPE ${name} gauge`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${path} of a trial in a result of feedbench.`,
  ]
}

function labelsOf({ label, transport, round, load, index }: Trial, scenario: string, run: number): string {
  const axes = Object.entries(load).map(
    ([axis, value], place) =>
      [
        /^\w+$/.test(axis) ? `load_${axis}` : `load_axis_${place}`,
        axis.match(/^\w+$/) ? String(value) : `${axis}=${value}`,
      ] as const,
  )
  const labels = [
    ['run', String(run)],
    ['scenario', scenario],
    ['label', label],
    ['transport', transport],
    ['round', String(round)],
    ['trial', String(index)],
    ...axes,
  ] as const
  return labels.map(([name, value]) => `${name}="${escapeLabel(value)}"`).join(',')
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

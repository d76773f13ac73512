import { visible } from '../escape.js'
import { metricName, unitOf } from './metric-words.js'
import type { CiFigure, CiReport } from './view.js'

/** Figures for those who draw a project's history. Base units; a label whose every round is invalid has none. */

/** For github-action-benchmark, as its tool `customSmallerIsBetter`. */
export function renderBenchmarkAction(reports: readonly CiReport[]): string {
  const entries = eachFigure(reports, ({ metric, value, low, high, rounds, note }, benchmark) => ({
    name: `${benchmark} ${metricName(metric)}`,
    unit: unitOf(metric),
    value,
    ...(low === null || high === null ? {} : { range: `${low} to ${high}` }),
    extra: visible(`${rounds} ${rounds === 1 ? 'round' : 'rounds'}, ${note}`),
  }))
  return `${JSON.stringify(entries, null, 2)}\n`
}

/** Bencher's name of a benchmark. */
const LONGEST_BENCHMARK = 1_024

/** Bencher Metric Format: benchmark, measure, value with its least and greatest round. A measure has its unit last in its name: `latency-p50-us`. */
export function renderBmf(reports: readonly CiReport[]): string {
  const benchmarks = new Map<string, Record<string, Record<string, number>>>()
  eachFigure(reports, ({ metric, value, low, high }, name) => {
    const benchmark = name.slice(0, LONGEST_BENCHMARK)
    const measures = benchmarks.get(benchmark) ?? {}
    measures[measureOf(metric)] = low === null || high === null ? { value } : { value, lower_value: low, upper_value: high }
    benchmarks.set(benchmark, measures)
  })
  return `${JSON.stringify(Object.fromEntries(benchmarks), null, 2)}\n`
}

/** `quick: websocket at 200 clients`; of several reports each has its number before it. */
function eachFigure<Item>(reports: readonly CiReport[], each: (figure: CiFigure, benchmark: string) => Item): Item[] {
  return reports.flatMap(({ name, figures }, place) =>
    figures.map((figure) => {
      const scenario = reports.length === 1 ? name : `${place + 1} ${name}`
      return each(figure, visible(`${scenario}: ${figure.label}${figure.load === '' ? '' : ` at ${figure.load}`}`))
    }),
  )
}

/** `latencyUs.p50` as `latency-p50-us`, `server.cpuUsPerMessage` as `server-cpu-per-message-us`. */
function measureOf(path: string): string {
  const words = path
    .replace(/Us(?=\.|$|P)/g, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, '-')
    .replaceAll('.', '-')
    .toLowerCase()
  return unitOf(path) === 'us' ? `${words}-us` : words
}

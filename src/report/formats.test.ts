import { describe, expect, test } from 'vitest'
import { metricOf } from '../analysis/metric.js'
import { METRIC_PATHS } from '../analysis/metric-table.js'
import { decodeHistogram } from '../measure/histogram.js'
import { buildReason, buildResult, buildVerdict, LOAD } from '../testing/builders.js'
import { withSeries } from '../testing/series.js'
import { REPORT_FORMATS } from './formats.js'
import { renderMarkdown } from './markdown.js'
import { renderOpenMetrics } from './openmetrics.js'
import { hgrmFiles, renderHgrm } from './percentile-file.js'
import { renderSvg } from './svg.js'
import { renderTerminal } from './terminal.js'
import { renderCsv } from './tidy.js'

const two = buildResult({
  labels: ['sse', 'websocket'],
  alter: (trial) => ({ ...withSeries(trial), ...(trial.label === 'sse' ? { verdict: buildVerdict(buildReason()) } : {}) }),
})
const EVIL = '=cmd|"x"\n</text><script>'
const evil = buildResult({
  labels: [`a${EVIL}`],
  loadPoints: [{ ...LOAD, [EVIL]: EVIL }],
  scenario: { name: EVIL },
  alter: withSeries,
})

describe('CSV', () => {
  test('is a row a measurement', async () => {
    await expect(renderCsv([buildResult({ labels: ['sse'] })])).toMatchFileSnapshot('goldens/measurements.csv.golden')
  })

  test('has every figure of every trial, exactly', () => {
    const [head, ...lines] = renderCsv([two, two])
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(','))
    expect(lines).toHaveLength(2 * two.trials.length * METRIC_PATHS.length)
    const at = (name: string): number => (head ?? []).indexOf(name)
    for (const line of lines.slice(0, METRIC_PATHS.length)) {
      const value = metricOf(two.trials[0]!, line[at('metric')] ?? '')
      expect(line[at('value')]).toBe(value === null ? '' : String(value))
      expect(line[at('verdict')]).toBe('invalid')
    }
  })

  test('has no cell that a spreadsheet would run, nor one that breaks a row', () => {
    const text = renderCsv([evil])
    expect(text).not.toMatch(/(^|,)"?=cmd/m)
    expect(text).toContain('"\'=cmd|""x""')
  })
})

describe('hgrm', () => {
  test('is a file a trial, with the percentiles of its histogram', () => {
    const files = hgrmFiles([two])
    expect(files.map(({ name }) => name)).toEqual([
      'quick_sse_200-clients_20-per-s_round-1.hgrm',
      'quick_websocket_200-clients_20-per-s_round-1.hgrm',
    ])
    const histogram = decodeHistogram(two.trials[1]?.latencyUs.histogram ?? '')
    // As plotters read it: four columns of numbers, the last of which is missing at 100 %.
    const rows = (files[1]?.text ?? '')
      .split('\n')
      .filter((line) => /^ *\d/.test(line))
      .map((line) => line.trim().split(/ +/).map(Number))
    expect(rows.length).toBeGreaterThan(30)
    for (const [ms = 0, share = 0, count = 0] of rows.slice(0, -1)) {
      expect(ms * 1e3).toBeCloseTo(histogram.percentile(share * 100), 0)
      expect(count).toBe(histogram.count - histogram.countAbove(ms * 1e3))
    }
    expect(rows.at(-1)).toEqual([histogram.max / 1e3, 1, histogram.count])
    expect(files[0]?.text).toMatch(/^#\[feedbench quick: sse, round 1, .* invalid \(DRIVER_LAG\)\]\n/)
  })

  test('has names that stay in their folder, each once', () => {
    const names = hgrmFiles([evil, evil]).map(({ name }) => name)
    expect(new Set(names).size).toBe(2)
    for (const name of names) expect(name).toMatch(/^[a-z0-9][\w.-]*\.hgrm$/)
    expect(renderHgrm([two]).match(/#\[Max/g)).toHaveLength(2)
  })
})

describe('OpenMetrics', () => {
  const text = renderOpenMetrics([two])

  test('has types, units, one family after the other, and an end', () => {
    expect(text.endsWith('\n# EOF\n')).toBe(true)
    const families = [...text.matchAll(/^# TYPE (\S+) gauge$/gm)].map(([, name]) => name)
    expect(new Set(families).size).toBe(families.length)
    for (const [, name, unit] of text.matchAll(/^# UNIT (\S+) (\S+)$/gm)) expect(name?.endsWith(`_${unit}`)).toBe(true)
    for (const line of text
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('#')))
      expect(line).toMatch(/^feedbench_[a-z0-9_]+\{([a-z_0-9A-Z]+="([^"\\\n]|\\.)*",?)+\} -?[\d.]+(e-?\d+)?$/)
  })

  test('has seconds where the result has microseconds, and says which trial is invalid', () => {
    const p99 = two.trials[1]?.latencyUs.p99 ?? 0
    expect(text).toMatch(new RegExp(`^feedbench_latency_p99_seconds\\{.*label="websocket".*\\} ${p99 / 1e6}$`, 'm'))
    expect(text).toMatch(/^feedbench_trial_valid\{.*label="sse".*verdict="invalid"\} 0$/m)
    expect(renderOpenMetrics([evil])).toContain('\\"x\\"\\n')
  })
})

describe('SVG', () => {
  test('has a bar a label, and marks what is invalid', async () => {
    await expect(renderSvg([two])).toMatchFileSnapshot('goldens/latency.svg.golden')
  })

  test('has nothing of a result as markup', () => {
    expect(renderSvg([evil])).not.toContain('<script')
  })
})

test('several runs stand side by side where they have something in common', () => {
  const text = renderMarkdown([two, buildResult({ labels: ['websocket'], rounds: 3 })])
  expect(text).toMatch(/^## 2 runs side by side\n/)
  expect(text).toMatch(/^\| `websocket` \| 200 clients, 20\/s, 200 B \| latency p99 \| [\d.]+ ms \| 6\.33 ms ±3 % \|$/m)
  expect(text).not.toMatch(/^\| `sse` \| 200 clients/m)
  expect(text).not.toContain('| verdict | valid |')
  expect(renderMarkdown([two, two])).toMatch(/^\| `sse` \| 200 clients, 20\/s, 200 B \| verdict \| invalid \| invalid \|$/m)
  expect(renderMarkdown([two])).not.toContain('side by side')
})

test('a single round has its uncertainty beside it, at the terminal and in Markdown', () => {
  const uncertain = /Inside the round, 95 %: websocket p50 [\d.]+ ms \[[\d., ]+\], p99 /
  expect(renderTerminal(two, { colour: false, width: 400 })).toMatch(uncertain)
  expect(renderMarkdown([two]).replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))).toMatch(uncertain)
})

test('every format renders a result without a trial', () => {
  const none = buildResult({ finished: 0 })
  const assets = () => ({ plotScript: '', plotStyle: '', pageScript: '' })
  for (const { render } of Object.values(REPORT_FORMATS)) expect(typeof render([none], assets)).toBe('string')
})

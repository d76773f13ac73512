import pc from 'picocolors'
import { expect, test } from 'vitest'
import { DEFAULT_GATE_RULES } from '../analysis/gate/rules.js'
import { decide } from '../analysis/gate/verdict.js'
import { buildGateRounds } from '../testing/gate-rounds.js'
import { metricVerdictRows } from './change-rows.js'
import { markdownChangeTable, settledNotes, terminalChangeTable } from './change-table.js'

/** Of six rounds: one metric worse, one that cannot be told, one the same, one not gated, bytes the same. */
const steps = [1, -2, 3, -4, 5, -6].map((step) => step / 1_000)
const verdict = decide(
  buildGateRounds({
    'websocket latencyUs.p50': steps.map((step) => 0.2 + step),
    'websocket latencyUs.p90': steps.map((step) => step * 30),
    'websocket latencyUs.windowedP99': steps.map((step) => step * 2),
    'websocket bytes.perMessage': steps.map(() => 0),
    'websocket server.cpuUsPerMessage': steps.map((step) => 0.01 + step),
  }),
  DEFAULT_GATE_RULES,
)
const rows = metricVerdictRows(verdict.metrics)

test('the metrics of a gate as a table for a terminal', () => {
  expect(`\n${terminalChangeTable(rows, 120, pc.createColors(false)).join('\n')}\n`).toMatchInlineSnapshot(`
    "
                 figure                baseline  candidate   change  95 %               margin
      websocket  latency p50            2.00 ms    2.44 ms    +22 %  [+21 %, +23 %]        5 %  regressed
                 latency p90            2.00 ms    1.97 ms   -1.5 %  [-16 %, +16 %]        5 %  inconclusive
                 latency windowed p99   2.00 ms    2.00 ms  -0.10 %  [-1.2 %, +1.0 %]     10 %  equivalent
                 bytes/message            204 B      204 B      0 %  exact               0.5 %  equivalent
                 server CPU/message     2.00 ms    2.02 ms  +0.95 %  [+0.40 %, +1.5 %]       -  shown

      To settle websocket latency p90: about 20 more rounds
    "
  `)
})

test('below each other where it is narrow', () => {
  const lines = terminalChangeTable(rows, 50, pc.createColors(false)).join('\n').split('\n')
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(50)
  expect(lines.join(' ').replace(/\s+/g, ' ')).toContain('websocket latency p50: 2.00 ms to 2.44 ms, +22 %')
})

test('as Markdown', () => {
  expect(`\n${markdownChangeTable(rows).join('\n')}\n`).toMatchInlineSnapshot(`
    "
    |  | figure | baseline | candidate | change | 95 % | margin |  |
    | --- | --- | --: | --: | --: | --- | --: | --- |
    | \`websocket\` | latency p50 | 2.00 ms | 2.44 ms | &#43;22 % | &#91;+21 %, +23 %&#93; | 5 % | :x: **regressed** |
    | \`websocket\` | latency p90 | 2.00 ms | 1.97 ms | &#45;1.5 % | &#91;-16 %, +16 %&#93; | 5 % | inconclusive |
    | \`websocket\` | latency windowed p99 | 2.00 ms | 2.00 ms | &#45;0.10 % | &#91;-1.2 %, +1.0 %&#93; | 10 % | equivalent |
    | \`websocket\` | bytes/message | 204 B | 204 B | 0 % | exact | 0.5 % | equivalent |
    | \`websocket\` | server CPU/message | 2.00 ms | 2.02 ms | &#43;0.95 % | &#91;+0.40 %, +1.5 %&#93; | &#45; | shown |
    "
  `)
  expect(settledNotes(rows)).toEqual([expect.stringMatching(/^To settle websocket latency p90: about \d+ more rounds$/)])
})

test('nothing has no table', () => {
  expect(terminalChangeTable([], 80, pc.createColors(false))).toEqual([])
  expect(markdownChangeTable([])).toEqual([])
})

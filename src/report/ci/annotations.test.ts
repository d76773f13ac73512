import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildResult } from '../../testing/builders.js'
import { buildGate, REGRESSED } from '../../testing/gates.js'
import { renderAnnotations } from './annotations.js'
import { ciOfGate } from './of-gate.js'
import { ciOfRun } from './of-run.js'

interface Annotation {
  level: string
  title: string
  message: string
}

/** As the runner of GitHub Actions reads a line. */
function read(line: string): Annotation {
  const [, level = '', properties = '', data = ''] = /^::([a-z]+) (.*?)::(.*)$/.exec(line) ?? []
  const pairs = properties.split(',').map((pair) => pair.split('=') as [string, string])
  expect(pairs.map(([name]) => name)).toEqual(['title'])
  const plain = (text: string): string => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')
  return {
    level,
    title: plain((pairs[0]?.slice(1).join('=') ?? '').replaceAll('%3A', ':').replaceAll('%2C', ',')),
    message: plain(data),
  }
}

function linesOf(text: string): Annotation[] {
  expect(text.endsWith('\n')).toBe(true)
  return text.slice(0, -1).split('\n').map(read)
}

const fail = { status: 'fail', exitCode: 1, why: 'p50 of sse: 100 % worse, 1:2' } as const

test('a gate that fails has its verdict and its regressions as errors', () => {
  const gate = buildGate({
    alter: ({ label, metric }) => (label === 'sse' && metric === 'latencyUs.p50' ? REGRESSED : {}),
    verdict: fail,
  })
  expect(linesOf(renderAnnotations([ciOfGate(gate)]))).toEqual([
    { level: 'error', title: 'feedbench gate quick: fail', message: 'p50 of sse: 100 % worse, 1:2' },
    {
      level: 'error',
      title: 'feedbench gate quick: sse',
      message: 'latency p50: regressed: +12 % [+10 %, +14 %], 2.31 ms to 2.59 ms, margin 5 %, 12 rounds',
    },
  ])
})

test('one that passes is a notice and nothing else, whatever it left undecided', () => {
  const passed = linesOf(renderAnnotations([ciOfGate(buildGate({ alter: () => ({ outcome: 'inconclusive' }) }))]))
  expect(passed).toEqual([
    { level: 'notice', title: 'feedbench gate quick: pass', message: 'No metric is worse than its margin' },
  ])
  const run = buildResult({ labels: ['sse'], thresholds: ['sse.latencyUs.p99 < 1ms'] })
  expect(linesOf(renderAnnotations([ciOfRun(run)])).map(({ level }) => level)).toEqual(['error', 'error'])
})

test('one that is inconclusive warns, with what would settle it', () => {
  const gate = buildGate({
    labels: ['sse'],
    alter: ({ metric }) => (metric === 'latencyUs.p50' ? { outcome: 'inconclusive', settledBy: 'about 14 more rounds' } : {}),
    verdict: { status: 'inconclusive', exitCode: 3, why: 'undecided' },
  })
  const [verdict, metric, ...others] = linesOf(renderAnnotations([ciOfGate(gate)]))
  expect(verdict).toEqual({ level: 'warning', title: 'feedbench gate quick: inconclusive', message: 'undecided' })
  expect(metric).toMatchObject({ level: 'warning', message: expect.stringMatching(/; about 14 more rounds$/) })
  expect(others).toEqual([])
})

test('there are at most ten of a level, and the last of them says how many more', () => {
  const labels = Array.from({ length: 30 }, (_, place) => `websocket(ping=${place + 1}s)`)
  const lines = linesOf(renderAnnotations([ciOfGate(buildGate({ labels, alter: () => REGRESSED, verdict: fail }))]))
  expect(lines).toHaveLength(10)
  expect(lines[0]?.title).toBe('feedbench gate quick: fail')
  expect(lines[9]).toEqual({
    level: 'error',
    title: 'feedbench',
    message: `${1 + 30 * 4 - 9} more like these: see the step summary or the report`,
  })
})

describe('nothing from a file', () => {
  test('is another command, or another property of one', () => {
    const nasty = fc.oneof(
      fc.constantFrom('::error::x', '\n::set-output name=a::b', '\r\n', 'a,file=b', '%0A::add-mask::x', '%', '::', '%3A'),
      fc.string({ unit: 'binary', maxLength: 12 }),
    )
    fc.assert(
      fc.property(nasty, (text) => {
        const labels = [`a${text}`]
        const gate = buildGate({
          labels,
          name: text,
          alter: () => ({ ...REGRESSED, settledBy: text }),
          verdict: { ...fail, why: text },
        })
        const shown = renderAnnotations([ciOfGate(gate)])
        expect(shown.match(/\n/g)).toHaveLength(5)
        for (const { level } of linesOf(shown)) expect(level).toBe('error')
        expect(shown).not.toContain('\r')
      }),
      { numRuns: 200 },
    )
  })

  test('is lost on the way', () => {
    const why = '50 %0A off: a, b'
    expect(linesOf(renderAnnotations([ciOfGate(buildGate({ name: '5 %, x:y', verdict: { why } }))]))).toEqual([
      { level: 'notice', title: 'feedbench gate 5 %, x:y: pass', message: why },
    ])
  })
})

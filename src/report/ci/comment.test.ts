import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildResult } from '../../testing/builders.js'
import { buildComparison, buildGate, REGRESSED } from '../../testing/gates.js'
import { renderMarkdown } from '../markdown.js'
import { renderComment, renderSummary, SUMMARY_BYTES } from './comment.js'
import { ciOfComparison } from './of-comparison.js'
import { ciOfGate } from './of-gate.js'
import { ciOfRun } from './of-run.js'

const verdict = { status: 'fail', exitCode: 1, why: 'latency p50 of sse is worse' } as const
const failed = buildGate({
  alter: ({ label, metric }) => (label === 'sse' && metric === 'latencyUs.p50' ? REGRESSED : {}),
  verdict,
})
const labels = (count: number): string[] => Array.from({ length: count }, (_, place) => `websocket(ping=${place + 1}s)`)

test('of a gate says what fails first, and folds the rest', async () => {
  await expect(renderComment([ciOfGate(failed)])).toMatchFileSnapshot('../goldens/gate.comment.md.golden')
})

test('of two runs that were compared has their figures beside each other', () => {
  const differences = [{ what: 'clients', baseline: '100', candidate: '200', weight: 'refused' as const }]
  const comment = renderComment([ciOfComparison(buildComparison({ differences, exitCode: 3 }))])
  expect(comment).toContain('The runs cannot be compared: they differ in clients')
  expect(renderComment([ciOfComparison(buildComparison())])).toContain(
    '| `websocket` | latency p50 | 2.31 ms | 2.33 ms | &#43;0.87 % ',
  )
})

test('of a run is its report, where that fits', () => {
  const run = buildResult({ labels: ['sse', 'websocket'], thresholds: ['*.messages.missing == 0'] })
  expect(renderComment([ciOfRun(run)])).toBe(`<!-- feedbench run quick -->\n${renderMarkdown([run])}`)
  expect(renderSummary([ciOfRun(run)])).toBe(renderMarkdown([run]))
})

describe('is short enough', () => {
  test.each([
    ['a gate of many labels', () => ciOfGate(buildGate({ labels: labels(900), alter: () => REGRESSED, verdict }))],
    [
      'a run of many labels',
      () =>
        ciOfRun(
          buildResult({ labels: labels(60).map((label) => label + '<'.repeat(300)), thresholds: ['*.latencyUs.p99 < 1us'] }),
        ),
    ],
    ['one long sentence', () => ciOfGate(buildGate({ verdict: { why: '|'.repeat(10_000) } }))],
    ['many long labels', () => ciOfGate(buildGate({ labels: labels(40).map((label) => label + '<'.repeat(990)), verdict }))],
  ])('with %s', (_, report) => {
    const comment = renderComment([report()])
    expect(comment.length).toBeLessThanOrEqual(65_536)
    expect(comment.length).toBeGreaterThan(1_000)
    expect(comment.match(/<details>/g)?.length ?? 0).toBe(comment.match(/<\/details>/g)?.length ?? 0)
    expect(renderComment([report(), report()]).length).toBeLessThanOrEqual(65_536)
  })

  test('for a summary, counted in bytes, with what is left of the step', () => {
    const report = ciOfGate(buildGate({ labels: labels(300).map((label) => `${label}${'ß'.repeat(900)}`), verdict }))
    expect(Buffer.byteLength(renderSummary([report]))).toBeLessThanOrEqual(SUMMARY_BYTES)
    for (const most of [0, 100, 300, 1_000, 20_000]) {
      const summary = renderSummary([report], most)
      expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(Math.max(most, 200))
      expect(summary).toMatch(/\d+ more rows/)
    }
  })

  test('and says how many rows are not there', () => {
    const comment = renderComment([ciOfGate(buildGate({ labels: labels(900), alter: () => REGRESSED, verdict }))])
    const shown = comment.match(/^\| :x: /gm)?.length ?? 0
    const passing = 900 * 3
    const folded = 900 + 34
    expect(comment).toContain(`_${900 * 4 - shown + passing + folded} more rows, `)
  })
})

describe('the marker', () => {
  test('is the same for the same scenario, whatever the verdict, and another for another', () => {
    const markerOf = (name: string) => renderComment([ciOfGate(buildGate({ name }))]).split('\n')[0]
    expect(markerOf('quick')).toBe('<!-- feedbench gate quick -->')
    expect(renderComment([ciOfGate(failed)]).split('\n')[0]).toBe(markerOf('quick'))
    expect(markerOf('slow')).not.toBe(markerOf('quick'))
  })

  test('ends where it ends', () => {
    const [first, second] = renderComment([ciOfGate(buildGate({ name: '--> <script>\n' }))]).split('\n')
    expect(first).toBe('<!-- feedbench gate script -->')
    expect(second).toMatch(/^### /)
  })
})

test('nothing from a file becomes structure', () => {
  const nasty = fc.oneof(
    fc.constantFrom('|', '<script>', '</details>', '`', '\n', '@octocat', '[x](javascript:1)', '-->', '\u202e'),
    fc.string({ unit: 'binary', maxLength: 8 }),
  )
  fc.assert(
    fc.property(nasty, (text) => {
      const gate = buildGate({
        labels: [`a${text}`],
        name: text,
        verdict: { ...verdict, why: text },
        alter: () => ({ settledBy: text }),
      })
      const shown = renderSummary([ciOfGate({ ...gate, environment: { [text]: text } })])
      expect(shown).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
      const outside = shown.replace(/`[^`\n]*`|&#\d+;/g, '')
      expect(outside).not.toMatch(/<(?!\/?(?:details|summary|code)>)/)
      expect(outside).not.toContain('`')
      expect(outside).not.toMatch(/[@#](?!#)\w|https?:\/\//)
      expect(outside.match(/<\/details>/g)).toHaveLength(3)
    }),
    { numRuns: 60 },
  )
})

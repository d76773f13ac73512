import { describe, expect, test } from 'vitest'
import { compareRuns } from '../analysis/compare/compare.js'
import type { Comparison } from '../model/comparison.js'
import type { Trial } from '../model/trial.js'
import { buildDistribution, buildReason, buildResult, buildVerdict, LOAD, type ResultParts } from '../testing/builders.js'
import { COMPARISON_FORMATS, comparisonFormat } from './compare-formats.js'

const LABELS = ['polling(interval=1s)', 'sse', 'websocket']

function run(slower: number, parts: ResultParts = {}) {
  return buildResult({
    labels: LABELS,
    rounds: 10,
    ...parts,
    alter: (trial) => {
      const wobble = 1 + 0.004 * ((trial.round * 7) % 11)
      const factor = trial.label === 'websocket' ? slower : trial.label === 'sse' ? 1 / slower : 1
      return { latencyUs: buildDistribution((trial.latencyUs.p50 ?? 0) * wobble * factor), ...parts.alter?.(trial) }
    },
  })
}

const disturbed = (trial: Trial): Partial<Trial> => {
  if (trial.label === 'sse' && trial.round === 2) return { verdict: buildVerdict(buildReason()) }
  if (trial.label === 'sse' && trial.round === 3) return { verdict: buildVerdict(buildReason({ severity: 'degraded' })) }
  return trial.label === 'websocket'
    ? { messages: { ...trial.messages, missing: 1, delivered: trial.messages.delivered - 1 } }
    : {}
}

/** Something of each kind. */
const several = compareRuns(
  { path: 'results/runs/before', result: run(1) },
  { path: 'results/runs/after', result: run(1.2, { alter: disturbed, scenario: { sha256: 'e'.repeat(64) } }) },
)
const oneRound = compareRuns(
  { path: 'before', result: run(1, { rounds: 1, loadPoints: [LOAD, { ...LOAD, clients: 1_000 }] }) },
  { path: 'after', result: run(1.2, { rounds: 1, loadPoints: [LOAD, { ...LOAD, clients: 1_000 }] }) },
)

describe('a comparison at a terminal', () => {
  test.each<[string, Comparison, number]>([
    ['several', several, 120],
    ['several', several, 60],
    ['one-round', oneRound, 120],
  ])('%s', async (name, comparison, width) => {
    const text = COMPARISON_FORMATS.terminal(comparison, { colour: false, width })
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(width)
    await expect(text).toMatchFileSnapshot(`goldens/compare-${name}-${width}.txt`)
  })

  test('paints what regressed red, where there is colour', () => {
    const text = COMPARISON_FORMATS.terminal(several, { colour: true, width: 120 })
    const table = text.split('\n').filter((line) => /latency|bytes\/message/.test(line) && !line.includes('Ratios'))
    const red = table.filter((line) => line.includes('\u001b[31m'))
    expect(red).toEqual(table.filter((line) => line.includes('regressed')))
    expect(red).toHaveLength(2)
  })
})

test('what is doubted of the trials is said once a kind, with where it is', () => {
  const loads = { loadPoints: [LOAD, { ...LOAD, clients: 1_000 }], rounds: 3 }
  const doubtful = run(1, {
    ...loads,
    alter: ({ label, load, round }) =>
      label === 'sse' && load.clients === 1_000
        ? { verdict: buildVerdict(buildReason()) }
        : label === 'websocket' && round < 3
          ? { verdict: buildVerdict(buildReason({ severity: 'degraded' })) }
          : {},
  })
  const text = COMPARISON_FORMATS.terminal(
    compareRuns({ path: 'before', result: run(1, loads) }, { path: 'after', result: doubtful }),
    { colour: false, width: 400 },
  )
  expect(text.split('\n').filter((line) => line.startsWith('! '))).toEqual([
    '! Trials that are invalid, and left out: sse at 1\u202f000 clients, 20/s, 200 B (3 of the candidate)',
    '! Trials that are degraded, because something disturbed them: websocket at 200 clients, 20/s, 200 B (2 of the candidate); websocket at 1\u202f000 clients, 20/s, 200 B (2 of the candidate)',
    '! No value in the candidate: sse at 1\u202f000 clients, 20/s, 200 B',
  ])
})

test('a comparison as Markdown', async () => {
  await expect(COMPARISON_FORMATS.markdown(several)).toMatchFileSnapshot('goldens/compare-several.md.golden')
})

test('a comparison as JSON is the comparison', () => {
  expect(JSON.parse(COMPARISON_FORMATS.json(several))).toEqual(several)
})

test('for CI, what got worse fails, and what nobody can tell is undecided', () => {
  expect(COMPARISON_FORMATS.github(several)).toMatch(/^::error title=feedbench compare quick%3A fail::.+\n/)
  expect(COMPARISON_FORMATS.junit(several).match(/<failure /g)).toHaveLength(4)
  expect(COMPARISON_FORMATS.comment(oneRound)).toMatch(/^<!-- feedbench compare quick -->\n### :white_check_mark:/)
})

describe('a comparison as a page', () => {
  const page = COMPARISON_FORMATS.html(several)

  test('needs no script, no other file and no style but its own', () => {
    expect(page).toMatch(/content="default-src 'none'; style-src 'sha256-[\w+/]+='; base-uri 'none'; form-action 'none'"/)
    expect(page).not.toMatch(/<script|<link|<img|style="|https?:/)
  })

  test('has a row and a drawing for each figure that was compared', () => {
    expect(page.match(/<svg class="forest /g)).toHaveLength(several.figures.filter(({ ratio }) => ratio !== null).length)
    expect(page.match(/class="forest regressed"/g)).toHaveLength(
      several.figures.filter(({ outcome }) => outcome === 'regressed').length,
    )
    expect(page).toContain('<aside class="doubts"')
  })

  test('opens with what changed, by name, and with what was lost', () => {
    const answer = /<h2>The answer<\/h2>.*?<\/section>/s.exec(page)?.[0] ?? ''
    expect(answer).toContain(
      '<li class="fault"><b class="bad">lossy</b> websocket has more missing deliveries than the baseline: 10 for 0.',
    )
    expect(answer).toContain(
      '<span class="label">websocket</span> <b class="bad">regressed</b> in latency p50: 2.38 ms to <b>2.86 ms</b>, +20 %',
    )
    expect(answer.indexOf('improved</b> in')).toBeGreaterThan(answer.lastIndexOf('regressed</b> in'))
    expect(COMPARISON_FORMATS.html(oneRound)).not.toContain('class="answer"')
  })
})

test('what came from a file moves no cursor, opens no tag and closes no cell', () => {
  const evil = '<script>|\u001b[2J'
  const hostile = (): Comparison => ({
    ...several,
    baseline: { ...several.baseline, path: evil, scenario: evil },
    differences: [{ what: evil, baseline: evil, candidate: evil, weight: 'warning' }],
    figures: several.figures.map((figure) => ({ ...figure, label: evil })),
  })
  const options = { colour: false, width: 120 }
  expect(COMPARISON_FORMATS.terminal(hostile(), options)).not.toContain('\u001b')
  for (const text of [COMPARISON_FORMATS.html(hostile()), COMPARISON_FORMATS.markdown(hostile())]) {
    expect(text).not.toContain('\u001b')
    expect(text).not.toContain('<script>')
  }
})

test('a format that does not exist is refused with those that do', () => {
  expect(() => comparisonFormat('pdf')).toThrow(
    /expected one of terminal, markdown, html, junit, github, comment, json, got "pdf" \[E_FORMAT\]/,
  )
  expect(() => comparisonFormat('constructor')).toThrow(/E_FORMAT/)
})

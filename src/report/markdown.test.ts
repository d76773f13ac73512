import { expect, test } from 'vitest'
import { buildReason, buildResult, buildVerdict, LOAD } from '../testing/builders.js'
import { reportFormat } from './formats.js'
import { renderMarkdown } from './markdown.js'

const THRESHOLDS = ['websocket.latencyUs.p99 < 100ms', '*.messages.missing == 0']

test('one round', async () => {
  await expect(renderMarkdown([buildResult({ thresholds: THRESHOLDS })])).toMatchFileSnapshot(
    'goldens/markdown-one-round.md.golden',
  )
})

test('several results, of which one has an invalid trial and one ended early', async () => {
  const invalid = buildResult({
    rounds: 3,
    thresholds: THRESHOLDS,
    alter: ({ label, round }) =>
      label === 'polling' || (label === 'sse' && round === 2) ? { verdict: buildVerdict(buildReason()) } : {},
  })
  const early = buildResult({
    labels: ['polling(interval=1s)', 'websocket'],
    loadPoints: [LOAD, { ...LOAD, clients: 1_000 }],
    rounds: 2,
    finished: 5,
    endedEarly: 'the server died',
    scenario: { name: 'sizing', description: 'How many clients can one server hold?' },
  })
  await expect(renderMarkdown([invalid, early])).toMatchFileSnapshot('goldens/markdown-several.md.golden')
})

test('the command that repeats a run quotes what a shell would act on', () => {
  const text = renderMarkdown([buildResult({ scenario: { file: 'a b;$(id).yaml' } })])
  expect(text).toContain("feedbench run 'a b;$(id).yaml' --transports polling,")
})

test('a format that does not exist is refused with those that do', () => {
  expect(() => reportFormat('pdf')).toThrow(/--format: expected one of .*markdown.*, got "pdf" \[E_FORMAT\]/)
  expect(() => reportFormat('constructor')).toThrow(/E_FORMAT/)
  expect(renderMarkdown([buildResult()])).toContain('## quick')
})

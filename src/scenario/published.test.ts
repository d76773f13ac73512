import { describe, expect, test } from 'vitest'
import { FeedbenchError } from '../model/errors.js'
import { scenarioText } from '../testing/scenarios.js'
import { readScenario } from './read.js'

const FIGURE = "{ what: p99, published: 1270 ms, expect: 'p99 == 1270ms within 5%' }"

function published(parts: Record<string, string> = {}): string {
  const keys = { source: 'Tene', year: '2014', setup: 'a stall', figures: `[${FIGURE}]`, explanation: 'omission', ...parts }
  return `{ ${Object.entries(keys)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ')} }`
}

const read = (text: string) => readScenario(scenarioText({ published: text }), { file: 'wrk2.yaml' })

test('a published result is read with its figures as the source has them', async () => {
  const figures = `[${FIGURE}, { what: ratio, published: 435, expect: 'ratio > 1' }, { what: slope, expect: 'slope < 2' }]`
  expect((await read(published({ figures }))).published).toEqual({
    source: 'Tene',
    year: 2014,
    link: null,
    setup: 'a stall',
    figures: [
      { what: 'p99', published: '1270 ms', expect: 'p99 == 1270ms within 5%' },
      { what: 'ratio', published: '435', expect: 'ratio > 1' },
      { what: 'slope', published: null, expect: 'slope < 2' },
    ],
    explanation: 'omission',
  })
  expect((await readScenario(scenarioText(), { file: 'own.yaml' })).published).toBeNull()
})

describe('is refused', () => {
  test.each([
    [
      'an expectation that cannot be read',
      { figures: "[{ what: p99, expect: 'p99 is small' }]" },
      'E_VALUE',
      'expected <figure>',
    ],
    ['a figure without an expectation', { figures: '[{ what: p99 }]' }, 'E_MISSING_KEY', 'expected the key expect'],
    ['no figures', { figures: '[]' }, 'E_RANGE', 'expected'],
    ['a link to a file', { link: "'file:///etc/passwd'" }, 'E_VALUE', 'begins with http'],
    ['a key that is unknown', { author: 'Tene' }, 'E_UNKNOWN_KEY', 'author'],
  ])('%s', async (_, parts, code, message) => {
    const error = await read(published(parts)).then(
      () => null,
      (refusal: unknown) => refusal,
    )
    expect(error).toBeInstanceOf(FeedbenchError)
    const [problem] = (error as FeedbenchError).problems
    expect(problem?.code).toBe(code)
    expect(problem?.message).toContain(message)
    expect(problem?.where).toMatch(/^wrk2\.yaml:\d+:\d+$/)
  })
})

import { expect, test } from 'vitest'
import type { Result } from '../model/result.js'
import { buildResult } from '../testing/builders.js'
import { renderMarkdown } from './markdown.js'
import { renderTerminal } from './terminal.js'

const result: Result = buildResult()
const published: Result = {
  ...result,
  plan: {
    ...result.plan,
    published: {
      source: 'Tene: wrk2',
      year: 2014,
      link: null,
      setup: 'a stall',
      figures: [
        { what: 'p99 | corrected', published: '1.27 s', expect: 'p99 == 1270ms within 5%' },
        { what: 'slope\u001b[2J', published: null, expect: 'slope < 2' },
      ],
      explanation: 'omission',
    },
  },
}

test('a terminal is told what was published, what must come out, and who measures it', () => {
  const text = renderTerminal(published, { colour: false, width: 120 })
  expect(text).toContain(`Published by Tene: wrk2 (2014)
  p99 | corrected: 1.27 s; must be: p99 == 1270ms within 5%
  slope\\u{1b}[2J: not in the source; must be: slope < 2
measured against these by npm run reproduce quick in a checkout`)
  expect(renderTerminal(result, { colour: false, width: 120 })).not.toContain('Published')
})

test('so is a pull request', () => {
  const text = renderMarkdown([published])
  expect(text).toContain('| Tene: wrk2 (2014) | published | must be |')
  expect(text).toContain('| p99 &#124; corrected | 1.27 s | `p99 == 1270ms within 5%` |')
  expect(text).toContain('| not in the source | `slope < 2` |')
  expect(text).not.toContain('\u001b')
  expect(renderMarkdown([result])).not.toContain('must be')
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Result } from '../model/result.js'
import { buildReason, buildResult, buildVerdict, LOAD } from '../testing/builders.js'
import { ENVIRONMENT } from '../testing/environment.js'
import { markdownCode, markdownText, visible } from './escape.js'
import { renderMarkdown } from './markdown.js'
import { renderTerminal } from './terminal.js'

const NASTY = [
  '\u001b[2J',
  '\u009b31m',
  '\u202e',
  '|',
  '<script>alert(1)</script>',
  '`',
  '``',
  '\\|',
  '\n',
  '\r',
  '\u2028',
  '[x](javascript:1)',
  '@octocat',
]
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 5 })
  .map((parts) => parts.join(''))

/** A result in which every text that a file can bring is the same hostile one. */
function poisoned(text: string): Result {
  const result = buildResult({
    labels: [`${text}`, `websocket(${text})`],
    rounds: 1,
    loadPoints: [{ ...LOAD, [`axis ${text}`]: text }],
    scenario: { name: text, description: text, file: text },
    endedEarly: text,
    alter: ({ index }) =>
      index === 0
        ? { verdict: buildVerdict(buildReason({ message: text, evidence: { [`lagUs${text}`]: 3, [text]: text } })) }
        : {},
  })
  const environment = {
    ...ENVIRONMENT,
    cpu: { ...ENVIRONMENT.cpu, model: text },
    placement: { mode: 'shared' as const, reason: text },
  }
  const checks = result.summary.rows.map(({ label, load }) => ({ label, load, value: null, status: 'no-data' as const }))
  const thresholds = [{ threshold: text, status: 'no-data' as const, checks }]
  return { ...result, environment, feedbench: { version: text }, summary: { ...result.summary, thresholds } }
}

test('nothing from a file reaches the terminal as a control', () => {
  fc.assert(
    fc.property(hostile, fc.constantFrom(40, 80, 120), (text, width) => {
      const shown = renderTerminal(poisoned(text), { colour: false, width })
      expect(shown).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
    }),
    { numRuns: 150 },
  )
})

test('nothing from a file becomes structure in Markdown', () => {
  const harmless = renderMarkdown([poisoned('plain')])
  fc.assert(
    fc.property(hostile, (text) => {
      const shown = renderMarkdown([poisoned(text)])
      expect(shown).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
      // Outside of code spans only the tags that the renderer itself writes.
      const outside = shown.replace(/`[^`\n]*`|&#\d+;/g, '')
      expect(outside).not.toMatch(/<(?!\/?(?:br|del|sub|code)>)/)
      expect(outside).not.toContain('`')
      expect(outside).not.toMatch(/[@#]\w|https?:\/\//)
      expect(pipes(shown)).toEqual(pipes(harmless))
    }),
    { numRuns: 150 },
  )
})

test('figures that are called as what every object has are shown where they are, and nowhere else', () => {
  const result = buildResult({
    labels: ['sse'],
    rounds: 2,
    alter: ({ round }) => ({
      verdict: buildVerdict(buildReason({ evidence: round === 1 ? { constructor: 7, toString: null } : { lagUsP99: 3_000 } })),
    }),
  })
  for (const shown of [renderMarkdown([result]), renderTerminal(result, { colour: false, width: 120 })]) {
    expect(shown).toContain('constructor 7')
    expect(shown).not.toMatch(/function|native/)
  }
})

test.each([
  ['a|b', 'a&#124;b'],
  ['<b>', '&#60;b&#62;'],
  ['@octocat fixes #12', '&#64;&#8203;octocat fixes &#35;&#8203;12'],
  ['DRIVER_LAG _so_ far', 'DRIVER_LAG &#95;so&#95; far'],
  ['&amp;', '&#38;amp;'],
  ['- item', '&#45; item'],
  ['1. item', '1&#46; item'],
  ['1.5 s', '1.5 s'],
  ['https://evil.example www.evil.example', 'https&#58;//evil.example www&#46;evil.example'],
  ['a\u001b[31m\nb', 'a&#92;u&#123;1b&#125;&#91;31m&#92;u&#123;a&#125;b'],
])('%j is %s in Markdown', (text, expected) => expect(markdownText(text)).toBe(expected))

test.each([
  ['polling(interval=1s)', '`polling(interval=1s)`'],
  ['*.messages.missing == 0', '`*.messages.missing == 0`'],
  ['a`b', '<code>a&#96;b</code>'],
  ['a|b', '<code>a&#124;b</code>'],
  ['', '<code>&#32;</code>'],
])('%j is %s as code in Markdown', (text, expected) => expect(markdownCode(text)).toBe(expected))

test('what cannot be seen is spelled out', () => {
  expect(visible('a\u001b[2J\u202eb\u0000')).toBe('a\\u{1b}[2J\\u{202e}b\\u{0}')
  expect(visible('größe 漢字')).toBe('größe 漢字')
})

/** How many unescaped pipes each line of a table has. */
function pipes(markdown: string): number[] {
  return markdown
    .split('\n')
    .filter((line) => line.includes('|'))
    .map((line) => line.split('|').length)
}

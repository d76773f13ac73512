import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ROOT } from './command.js'

/** Published results: what is computed of them, and the cheapest of them measured again. */

type Figures = () => Record<string, number>
type Fit = (points: readonly [number, number][]) => { slope: number; intercept: number; deviation: number }

const script = (name: string) => import(new URL(`../scripts/reproduce/${name}.mjs`, import.meta.url).href)
const { computed } = (await script('aquil')) as { computed: Figures }
const { theirs } = (await script('hashrocket')) as { theirs: Figures }
const { printed } = (await script('lubbers-greco')) as { printed: Figures }
const { line, proportion } = (await script('trials')) as { line: Fit; proportion: Fit }

test('lines and proportions through points', () => {
  const fitted = line([
    [1, 5],
    [2, 7],
    [4, 11],
  ])
  expect(fitted.slope).toBeCloseTo(2, 12)
  expect(fitted.intercept).toBeCloseTo(3, 12)
  expect(fitted.deviation).toBeCloseTo(0, 12)
  const { slope, deviation } = proportion([
    [1, 9],
    [10, 110],
  ])
  expect(slope).toBeCloseTo(10, 12)
  expect(deviation).toBeCloseTo(0.1, 12)
})

describe('what follows from a source alone', () => {
  test('the headers of Lubbers and Greco: 871 characters, 909 bytes, units of 2^20 bit/s', () => {
    expect(printed()).toMatchObject({ 'printed.characters': 871, 'printed.onTheWire': 909, 'printed.ratio': 435.5 })
    expect(printed()['printed.polling1k']?.toFixed(2)).toBe('6.65')
    expect(printed()['printed.webSocket100k']?.toFixed(3)).toBe('1.526')
  })

  test('the answers and events of aquil.io', () => {
    expect(computed()).toEqual({ 'computed.response': 158, 'computed.event': 70, 'computed.oneWrite': 59 })
  })

  test('the line of the websocket-shootout', () => {
    expect(theirs()['published.perRecipient']?.toFixed(1)).toBe('8.8')
  })
})

test('bytes of an answer and of an event are measured as they were published', async () => {
  // It ends with 1 where any row is not met, others than these too.
  const command = promisify(execFile)(process.execPath, [join(ROOT, 'scripts/reproduce.mjs'), 'aquil'], { cwd: ROOT })
  const { stdout } = await command.catch((error: unknown) => error as { stdout: string })
  const rows = [...stdout.matchAll(/^ {2}(\S.*\S) {2,}(\S+(?: B)?) {2,}(\S+ B) .*(yes|NO)$/gm)].map(([, what, , here, isMet]) => [
    what,
    here,
    isMet,
  ])
  expect(rows).toEqual(
    expect.arrayContaining([
      ['The whole answer', '158 B', 'yes'],
      ['A server-sent event with an id', '70 B', 'yes'],
      ['Opening line and four events', '286 B', 'yes'],
    ]),
  )
})

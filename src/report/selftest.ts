import pc from 'picocolors'
import type { Colors } from 'picocolors/types.js'
import {
  SELFTEST_CHECKS,
  type SelftestCheck,
  type SelftestComparison,
  type SelftestReport,
  type SelftestStatus,
  type SelftestUnit,
} from '../model/selftest.js'
import { visible } from './escape.js'
import { formatCount, formatDuration, formatRatio } from './quantity.js'
import type { TerminalOptions } from './terminal.js'
import { wrap } from './wrap.js'

const LEAST_WIDTH = 40
const WORDS: Record<SelftestStatus, string> = { pass: 'pass', fail: 'FAIL', inconclusive: 'unclear', skipped: 'skipped' }
const MARK_WIDTH = Math.max(...Object.values(WORDS).map((word) => word.length))
const NAME_WIDTH = Math.max(...SELFTEST_CHECKS.map((name) => name.length))
const INDENT = ' '.repeat(MARK_WIDTH + NAME_WIDTH + 6)

/**
 * A check for a terminal: `  pass     polling         worst of 30: p99, ...: 301 ms for 297 ms (291 to 322 ms)`; where it failed, each comparison that is off,
 * and what that means.
 */
export function renderSelftestCheck(check: SelftestCheck, { colour, width }: TerminalOptions): string {
  const colors = pc.createColors(colour)
  const paint = paintStatus(check.status, colors)
  const cells = Math.max(LEAST_WIDTH, width)
  const { name, status, notes, meaning } = check
  const lead = `  ${paint(WORDS[status])}${' '.repeat(MARK_WIDTH - WORDS[status].length + 2)}${name.padEnd(NAME_WIDTH + 2)}`
  const [first = '', ...rest] = answersOf(check).flatMap((text) => wrap(visible(text), cells, INDENT).split('\n'))
  const lines = [
    `${lead}${first.trimStart()}`,
    ...rest,
    ...(meaning === null ? [] : [paint(wrap(`your results: ${visible(meaning)}`, cells, INDENT))]),
    ...notes.map((note) => colors.dim(wrap(visible(note), cells, INDENT))),
  ]
  return `${lines.join('\n')}\n`
}

/** The last lines: how many passed, and whether that is a yes. */
export function renderSelftestEnd({ checks, tookUs }: SelftestReport, { colour, width }: TerminalOptions): string {
  const colors = pc.createColors(colour)
  const cells = Math.max(LEAST_WIDTH, width)
  const named = (status: SelftestStatus) => checks.filter((check) => check.status === status).map(({ name }) => name)
  const [failed, unclear, skipped] = [named('fail'), named('inconclusive'), named('skipped')]
  const passed = named('pass').length
  const without = skipped.length === 0 ? '' : ` Not checked: ${skipped.join(', ')}.`
  const took = `Checked for ${formatDuration(tookUs)}.`
  const say = (paint: (text: string) => string, text: string) =>
    `\n${paint(colors.bold(wrap(text, cells, '', 0)))}\n${colors.dim(took)}\n`
  if (failed.length > 0) return say(colors.red, `${failed.length} of ${checks.length} failed: ${failed.join(', ')}.${without}`)
  if (unclear.length > 0)
    return say(
      colors.yellow,
      `Nothing failed, but the machine was too disturbed to tell: ${unclear.join(', ')}. Try again when it is idle.${without}`,
    )
  if (passed === 0) return say(colors.yellow, `Nothing could be checked.${without}`)
  return say(colors.green, `${passed} of ${passed} passed.${without}`)
}

function answersOf({ status, reason, comparisons }: SelftestCheck): string[] {
  if (reason !== null) return [reason]
  if (status === 'fail') return comparisons.filter(({ isWithin }) => !isWithin).map(sentence)
  const [worst] = [...comparisons].sort((a, b) => usedOf(b) - usedOf(a))
  if (worst === undefined) return ['nothing was compared']
  return [comparisons.length === 1 ? sentence(worst) : `worst of ${comparisons.length}: ${sentence(worst)}`]
}

/** `p99, periodic 10/s every 300 ms: 301 ms for 297 ms (291 to 322 ms)` */
function sentence({ what, unit, measured, expected, least, most }: SelftestComparison): string {
  const text = (value: number | null) => formatted(unit, value)
  if (expected !== null && least === expected && most === expected)
    return `${what}: ${text(measured)} for exactly ${text(expected)}`
  if (expected !== null) return `${what}: ${text(measured)} for ${text(expected)} (${text(least)} to ${text(most)})`
  return `${what}: ${text(measured)}, ${most === null ? `at least ${text(least)}` : `at most ${text(most)}`}`
}

/** How much of its tolerance a comparison has used, from 0 to 1. */
function usedOf({ measured, expected, least, most }: SelftestComparison): number {
  const centre = expected ?? 0
  const bound = measured !== null && measured >= centre ? most : least
  const room = bound === null ? 0 : Math.abs(bound - centre)
  return measured === null || room === 0 ? 0 : Math.abs(measured - centre) / room
}

function formatted(unit: SelftestUnit, value: number | null): string {
  switch (unit) {
    case 'us':
      return formatDuration(value)
    case 'bytes':
      return `${formatCount(value)} B`
    case 'count':
      return formatCount(value)
    case 'ratio':
      return formatRatio(value)
  }
}

function paintStatus(status: SelftestStatus, colors: Colors): (text: string) => string {
  return { pass: colors.green, fail: colors.red, inconclusive: colors.yellow, skipped: colors.yellow }[status]
}

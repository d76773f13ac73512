import { parseDurationUs, parseSizeBytes } from '../model/units.js'

const OPERATORS = ['<=', '>=', '==', '<', '>'] as const

/** What a figure of a reproduction must be. Its value is in base units: microseconds, bytes, a share of 1, or a plain number. */
export interface Expectation {
  /** As the reproduction calls it: `sse.knee`. */
  figure: string
  op: (typeof OPERATORS)[number]
  value: number
  kind: 'duration' | 'size' | 'share' | 'number'
  /** How far a figure that is to be equal may lie from `value`, in its unit. */
  tolerance: number
}

export const LONGEST_EXPECTATION = 200
const EXPECTATION = /^\s*([A-Za-z][\w.]*)\s*(<=|>=|==|<|>)\s*([^<>=]+?)(?:\s+within\s+([^<>=]+?))?\s*$/
const EXAMPLE = 'such as p99 == 1270ms within 5%'

/**
 * Reads `<figure> <operator> <value> [within <tolerance>]`: `emptyShare == 70% within 2%`, `order >= 1`. A tolerance in percent is of the value, any other
 * in its unit; only what is to be equal has one. Throws an Error that says what was expected and what came.
 */
export function parseExpectation(text: string): Expectation {
  const [, figure, op, valueText, toleranceText] = (text.length <= LONGEST_EXPECTATION && EXPECTATION.exec(text)) || []
  if (figure === undefined || valueText === undefined)
    throw new Error(`expected <figure>, one of ${OPERATORS.join(' ')} and a value, ${EXAMPLE}`)
  const read = quantity(valueText)
  if (read === undefined) throw new Error('expected a plain number, or one with a unit such as 5ms, 2kB or 70% to compare with')
  if (toleranceText !== undefined && op !== '==') throw new Error('expected within only after ==')
  const tolerance = toleranceText === undefined ? 0 : toleranceOf(toleranceText, read)
  if (tolerance === undefined) throw new Error('expected a tolerance in percent, or in the unit of the value')
  return { figure, op: op as Expectation['op'], ...read, tolerance }
}

/** Whether a figure is what it must be; what was not measured is not. */
export function isMet({ op, value, tolerance }: Expectation, measured: number | null): boolean {
  if (measured === null || !Number.isFinite(measured)) return false
  // The last bits of a quotient are not what a tolerance of 0 is about.
  if (op === '==') return Math.abs(measured - value) <= tolerance + Math.abs(value) * 1e-9
  if (op === '<') return measured < value
  if (op === '<=') return measured <= value
  return op === '>' ? measured > value : measured >= value
}

type Quantity = Pick<Expectation, 'value' | 'kind'>

function quantity(text: string): Quantity | undefined {
  if (/^-?(\d+(\.\d+)?|\.\d+)$/.test(text)) return { value: Number(text), kind: 'number' }
  const share = percent(text)
  if (share !== undefined) return { value: share, kind: 'share' }
  const us = parseDurationUs(text)
  if (us !== undefined) return { value: us, kind: 'duration' }
  const bytes = parseSizeBytes(text)
  return bytes === undefined ? undefined : { value: bytes, kind: 'size' }
}

function toleranceOf(text: string, { value, kind }: Quantity): number | undefined {
  const share = percent(text)
  if (share !== undefined) return Math.abs(value) * share
  const read = quantity(text)
  return read?.kind === kind ? Math.abs(read.value) : undefined
}

function percent(text: string): number | undefined {
  const [, digits] = /^(\d+(?:\.\d+)?|\.\d+)\s*%$/.exec(text) ?? []
  return digits === undefined ? undefined : Number(digits) / 100
}

import { z } from 'zod'
import { parseRatePerSec, parseSizeBytes } from '../model/units.js'

/** A quantity with its unit. The first word of a message is its error code, as in `duration` of the transports' options. */
interface Quantity {
  parse: (text: string) => number | undefined
  expected: string
  /** For editors; `parse` decides. */
  pattern: string
}

const NUMBER = '(\\d+(\\.\\d+)?|\\.\\d+)'

const RATE: Quantity = {
  parse: parseRatePerSec,
  expected: 'a rate such as 20/s or 90/min',
  pattern: `^\\s*${NUMBER}\\s*/\\s*(s|m|min|h)\\s*$`,
}

const SIZE: Quantity = {
  parse: parseSizeBytes,
  expected: 'a size such as 200B or 1KiB',
  pattern: `^\\s*${NUMBER}\\s*(B|[kMGT]B|[KMG]iB)\\s*$`,
}

/** Events per second on the way out. */
export function rate(minPerSec: number, maxPerSec: number, range: string) {
  return quantity(RATE, minPerSec, maxPerSec, range)
}

/** Bytes on the way out. */
export function size(minBytes: number, maxBytes: number, range: string) {
  return quantity(SIZE, minBytes, maxBytes, range)
}

function quantity({ parse, expected, pattern }: Quantity, min: number, max: number, range: string) {
  return z
    .string({ error: `E_UNIT expected ${expected}` })
    .meta({ pattern })
    .transform((text, context) => {
      const value = parse(text)
      if (value === undefined) {
        context.addIssue({ code: 'custom', message: `E_UNIT expected ${expected}` })
        return z.NEVER
      }
      if (value < min || value > max) {
        context.addIssue({ code: 'custom', message: `E_RANGE expected ${range}` })
        return z.NEVER
      }
      return value
    })
}

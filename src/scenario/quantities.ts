import { z } from 'zod'
import { parseBytesPerSec, parseRatePerSec, parseShare, parseSizeBytes } from '../model/units.js'

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

const SPEED: Quantity = {
  parse: parseBytesPerSec,
  expected: 'bytes or bits a second such as 20KiB/s or 1Mbit/s',
  pattern: `^\\s*${NUMBER}\\s*(B|[kMGT]B|[KMG]iB|[kMG]?bit)\\s*/\\s*s\\s*$`,
}

const SHARE: Quantity = {
  parse: parseShare,
  expected: 'a share such as 10%',
  pattern: `^\\s*${NUMBER}\\s*%\\s*$`,
}

/** Events per second on the way out. */
export function rate(minPerSec: number, maxPerSec: number, range: string) {
  return quantity(RATE, minPerSec, maxPerSec, range)
}

/** Bytes on the way out. */
export function size(minBytes: number, maxBytes: number, range: string) {
  return quantity(SIZE, minBytes, maxBytes, range)
}

/** Bytes per second on the way out. */
export function speed(minBytesPerSec: number, maxBytesPerSec: number, range: string) {
  return quantity(SPEED, minBytesPerSec, maxBytesPerSec, range)
}

/** 0 to 1 on the way out. */
export function share(min: number, max: number, range: string) {
  return quantity(SHARE, min, max, range)
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

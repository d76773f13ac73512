import { z } from 'zod'
import { isHistogramText } from './histogram-text.js'

/** The kinds of figures that results are made of. JSON has no NaN and no infinity, so neither have these. */

/** A whole number from 0, such as a count, or a duration in microseconds. */
export const count = z.int().min(0).meta({ id: 'count' })

/** What became of messages at the clients, in the order of `model/counts.ts`. */
export const receipts = { delivered: count, missing: count, superseded: count, duplicates: count, reordered: count }

/** A finite number from 0. */
export const amount = z.number().min(0).meta({ id: 'amount' })

/** A part of a whole. Utilisation is taken between two readings of two clocks and may come out a little over 1. */
export const share = z.number().min(0).max(1.5).meta({ id: 'share' })

/** A line for people, or the name of something. */
export const text = z.string().max(10_000).meta({ id: 'text' })

export const name = z.string().min(1).max(1000).meta({ id: 'name' })

/** HDR V2, compressed, base64: about 20 KB at most with 3 digits and 1 h. */
export const histogram = z
  .string()
  .max(1_000_000)
  .regex(/^[A-Za-z0-9+/]*={0,2}$/, 'expected base64')
  .refine(isHistogramText, 'expected a histogram (HDR V2, compressed, 3 digits, 1 us to 1 h), got another text')
  .meta({ id: 'histogram' })

import { z } from 'zod'
import { parseDurationUs } from '../model/units.js'

/** A duration with its unit; microseconds on the way out. The message's first word tells the reader which error code it is. */
export function duration(minUs: number, maxUs: number, range: string) {
  return z
    .string({ error: 'E_UNIT expected a duration such as 250ms or 1.5s' })
    .transform((text, context) => {
      const value = parseDurationUs(text)
      if (value === undefined) {
        context.addIssue({ code: 'custom', message: 'E_UNIT expected a duration such as 250ms or 1.5s' })
        return z.NEVER
      }
      if (value < minUs || value > maxUs) {
        context.addIssue({ code: 'custom', message: `E_RANGE expected ${range}` })
        return z.NEVER
      }
      return value
    })
}

/** `on` or `off`, as a boolean on the way out; YAML's own booleans are taken too. */
export function onOff() {
  return z.union([z.boolean(), z.enum(['on', 'off'])]).transform((value) => value === true || value === 'on')
}

import { z } from 'zod'
import { parseDurationUs } from '../model/units.js'

const DURATION = 'E_UNIT expected a duration such as 250ms or 1.5s'

/** For editors; `parseDurationUs` decides. */
const DURATION_PATTERN = '^\\s*(\\d+(\\.\\d+)?|\\.\\d+)\\s*(us|ms|s|m|h)\\s*$'

/** A duration with its unit; microseconds on the way out. The message's first word tells the reader which error code it is. */
export function duration(minUs: number, maxUs: number, range: string) {
  return z
    .string({ error: DURATION })
    .meta({ pattern: DURATION_PATTERN })
    .transform((text, context) => {
      const value = parseDurationUs(text)
      if (value === undefined) {
        context.addIssue({ code: 'custom', message: DURATION })
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
  return z
    .union([z.boolean(), z.enum(['on', 'off'])], { error: 'E_VALUE expected on or off' })
    .transform((value) => value === true || value === 'on')
}

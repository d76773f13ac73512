import { FeedbenchError } from '../model/errors.js'

/** The value of an option is none that it takes. */
export function usage(option: string, expected: string, got: string, hint: string): FeedbenchError {
  return new FeedbenchError({ code: 'E_USAGE', where: option, message: `expected ${expected}, got ${JSON.stringify(got)}`, hint })
}

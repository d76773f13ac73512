import { expect, it } from 'vitest'
import { ERROR_CODES } from '../model/errors.js'
import { explainBug } from './cli.js'

it('a bug ends with E_BUG: what to do about it, and where it is for whoever mends it', () => {
  const written: string[] = []
  const exitCode = explainBug(new TypeError('nothing is not a function'), { write: (text: string) => written.push(text) })
  expect(exitCode).toBe(ERROR_CODES.E_BUG.exitCode)
  const text = written.join('')
  expect(text).toMatch(/^feedbench: nothing is not a function \[E_BUG\]\n {2}hint: please report this/)
  expect(text).toMatch(/^TypeError: nothing is not a function\n {4}at .*explain\.test\.ts/m)
})

it('a bug that is no Error is said too', () => {
  const written: string[] = []
  expect(explainBug('a text', { write: (text: string) => written.push(text) })).toBe(ERROR_CODES.E_BUG.exitCode)
  expect(written.join('')).toContain('feedbench: a text [E_BUG]')
})

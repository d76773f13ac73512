import { expect, it } from 'vitest'
import { spreadOf } from './spread.js'

it('of more values than a function takes arguments', () => {
  const values = Array.from({ length: 300_000 }, (_, index) => index)
  expect(spreadOf([...values, null])).toEqual({ median: 149_999.5, min: 0, max: 299_999 })
})

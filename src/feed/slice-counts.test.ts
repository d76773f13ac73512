import { expect, test } from 'vitest'
import { buildFeed } from '../testing/feeds.js'
import { createSchedule } from './schedule.js'
import { countsIn } from './slice-counts.js'

test('the first message of a slice does not count, nor what is due with it', () => {
  const periodic = createSchedule(buildFeed({ arrival: 'periodic', ratePerSec: 40 }), null)
  expect(countsIn(periodic, 1_000, { startUs: 1_000, endUs: 251_000 })).toEqual({ scheduled: 10, counted: 9 })
  const burst = { size: 5, gapUs: 0, spread: 0 }
  const bursts = createSchedule(buildFeed({ arrival: 'burst', ratePerSec: 40, burst }), null)
  expect(countsIn(bursts, 0, { startUs: 0, endUs: 250_000 })).toEqual({ scheduled: 10, counted: 5 })
})

test('a slice without a message has none that count', () => {
  const rare = createSchedule(buildFeed({ arrival: 'periodic', ratePerSec: 1 }), null)
  expect(countsIn(rare, 0, { startUs: 0, endUs: 250_000 })).toEqual({ scheduled: 0, counted: 0 })
  expect(countsIn(rare, 0, { startUs: 250_000, endUs: 750_000 })).toEqual({ scheduled: 1, counted: 0 })
})

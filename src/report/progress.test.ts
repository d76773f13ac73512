import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LOAD } from '../testing/builders.js'
import { type Progress, renderProgress } from './progress.js'

const MEASURING: Progress = {
  trial: 4,
  trials: 15,
  label: 'websocket',
  load: LOAD,
  round: 2,
  rounds: 3,
  phase: 'measuring',
  clientsConnected: 200,
  deliveriesPerSec: 4_031,
  missing: 0,
  timeLeftUs: 75e6,
}

test.each([
  [
    170,
    '4/15  websocket  200 clients, 20 messages/s, 200 B each  round 2 of 3  measuring  200/200 clients  4\u202f031 deliveries/s  0 missing so far  1m15s left',
  ],
  [100, '4/15  websocket  round 2 of 3  measuring  200/200 clients  0 missing so far  1m15s left'],
  [60, '4/15  websocket  measuring  0 missing so far  1m15s left'],
  [20, '4/15  websocket'],
  [3, '4/1'],
])('at %i columns', (width, text) => expect(renderProgress(MEASURING, width)).toBe(text))

test.each([
  [400_000, '1s left'],
  [3_725e6, '1h02m left'],
  [-1, '0s left'],
])('%i us are %s', (timeLeftUs, text) => expect(renderProgress({ ...MEASURING, timeLeftUs }, 200)).toContain(text))

test('what is not known yet is left out', () => {
  const starting = {
    ...MEASURING,
    phase: 'starting' as const,
    clientsConnected: null,
    deliveriesPerSec: null,
  }
  expect(renderProgress({ ...starting, missing: null, timeLeftUs: null, rounds: 1 }, 80)).toBe(
    '4/15  websocket  200 clients, 20 messages/s, 200 B each  starting',
  )
})

test('never longer than the terminal, never more than one line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 0, max: 200 }), (label, width) => {
      const line = renderProgress({ ...MEASURING, label }, width)
      expect(line.length).toBeLessThanOrEqual(width)
      expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
    }),
  )
})

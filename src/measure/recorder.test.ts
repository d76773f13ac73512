import { describe, expect, it, vi } from 'vitest'
import type { TrialWindow } from '../model/trial.js'
import { decodeHistogram, Histogram } from './histogram.js'
import { Recorder } from './recorder.js'
import type { Held } from './staleness.js'

const START_US = 10_000_000
const window = (startUs: number, endUs: number): TrialWindow => ({ startUs, endUs, side: null, tag: null })

function opened(...windows: TrialWindow[]): Recorder {
  const recorder = new Recorder()
  recorder.open(windows.length === 0 ? [window(START_US, START_US + 3_000_000)] : windows)
  return recorder
}

const valuesOf = (encoded: string | null) => [...decodeHistogram(encoded ?? '').values()]

describe('the recorder', () => {
  it('records latency from the intended time, transit from the actual one, and lag', () => {
    const recorder = opened()
    recorder.record({ intendedUs: START_US, publishedUs: START_US + 300, receivedUs: START_US + 1_000, lagUs: 20 })
    const { latencyUs, transitUs, lagUs, negatives } = recorder.finish([])
    expect([valuesOf(latencyUs), valuesOf(transitUs), valuesOf(lagUs), negatives]).toEqual([
      [[1_000, 1]],
      [[700, 1]],
      [[20, 1]],
      0,
    ])
  })

  it('counts by the intended time, however late the message came', () => {
    const recorder = opened()
    for (const intendedUs of [START_US - 1, START_US, START_US + 2_999_999, START_US + 3_000_000]) {
      recorder.record({ intendedUs, publishedUs: intendedUs, receivedUs: START_US + 9_000_000, lagUs: 0 })
    }
    expect(decodeHistogram(recorder.finish([]).latencyUs).count).toBe(2)
  })

  it('counts nothing before the windows are known', () => {
    const recorder = new Recorder()
    recorder.record({ intendedUs: 1, publishedUs: 2, receivedUs: 3, lagUs: 0 })
    recorder.addBytes(1, 100)
    expect(recorder.finish([])).toMatchObject({ negatives: 0, blocks: [] })
  })

  it('does the same work for what is outside its windows, so that none of it is new when one begins', () => {
    const recorder = opened()
    const held: Held = { newestUs: START_US - 1e6, countedToUs: START_US - 1e6 }
    const record = vi.spyOn(Histogram.prototype, 'record')
    const recordsOf = (intendedUs: number) => {
      record.mockClear()
      recorder.record({ intendedUs, publishedUs: intendedUs + 1, receivedUs: intendedUs + 5, lagUs: 1 })
      recorder.renew(held, intendedUs, intendedUs + 5)
      return record.mock.calls.length
    }
    const [before, , within, , after] = [-500_000, 0, 1_000_000, 4_000_000, 5_000_000].map((us) => recordsOf(START_US + us))
    record.mockRestore()
    expect([before, within, after]).toEqual([6, 6, 6])
  })

  it.each([
    ['before it was due', -1, 10],
    ['before it was published', 10, -1],
  ])('counts what arrives %s, and records no latency for it', (_, latencyUs, transitUs) => {
    const recorder = opened()
    const receivedUs = START_US + 1_000
    recorder.record({ intendedUs: receivedUs - latencyUs, publishedUs: receivedUs - transitUs, receivedUs, lagUs: 5 })
    const recorded = recorder.finish([])
    expect(recorded.negatives).toBe(1)
    expect(decodeHistogram(recorded.latencyUs).count).toBe(0)
    expect(recorded.transitUs).toBeNull()
  })

  it('has no transit where messages do not say when they were published', () => {
    const recorder = opened()
    recorder.record({ intendedUs: START_US, publishedUs: null, receivedUs: START_US + 5, lagUs: 0 })
    expect(recorder.finish([])).toMatchObject({ transitUs: null, negatives: 0 })
  })

  it('deals deliveries to blocks by the time at which they were due', () => {
    const recorder = opened()
    for (const dueUs of [0, 999_999, 1_000_000, 2_999_999]) {
      const intendedUs = START_US + dueUs
      recorder.record({ intendedUs, publishedUs: null, receivedUs: intendedUs + 5_000_000, lagUs: 0 })
    }
    expect(recorder.finish([]).blocks.map(({ index, delivered }) => [index, delivered])).toEqual([
      [0, 2],
      [1, 1],
      [2, 1],
    ])
  })

  it('loses no bytes: those that are told when the window is just over belong to its last block', () => {
    const recorder = opened()
    recorder.addBytes(START_US - 1, 1)
    recorder.addBytes(START_US + 20_000, 10)
    recorder.addBytes(START_US + 1_020_000, 100)
    recorder.addBytes(START_US + 3_000_700, 1_000)
    expect(recorder.finish([]).blocks.map(({ index, bytesReceived }) => [index, bytesReceived])).toEqual([
      [0, 10],
      [1, 100],
      [2, 1_000],
    ])
  })

  it('counts the age of what clients hold up to the end of the window', () => {
    const recorder = opened()
    const held: Held = { newestUs: Number.NaN, countedToUs: 0 }
    recorder.renew(held, START_US, START_US + 1_000_000)
    expect(recorder.finish([held]).staleness).toMatchObject({ meanUs: 2_000_000, observedUs: 2_000_000 })
  })
})

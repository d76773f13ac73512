import { describe, expect, test } from 'vitest'
import { decodeHistogram } from './histogram.js'
import { SliceRecorder } from './slices.js'

const WINDOWS = [0, 1_000, 2_000].map((startUs) => ({ startUs, endUs: startUs + 500, side: 'baseline', tag: null }))

function recorder(countsExcess = false): SliceRecorder {
  const made = new SliceRecorder(countsExcess)
  made.open(WINDOWS)
  return made
}

const counts = (made: SliceRecorder) => made.finish().map(({ timeUs }) => decodeHistogram(timeUs).count)
const at = (intendedUs: number, receivedUs: number) => ({ intendedUs, publishedUs: intendedUs, receivedUs, lagUs: 0 })

describe('deliveries', () => {
  test('belong to the slice of their publish, however late they come', () => {
    const made = recorder()
    made.record(at(1_499, 9_000))
    made.record(at(0, 10))
    made.record(at(2_000, 2_100))
    made.record(at(1_000, 1_001))
    expect(counts(made)).toEqual([1, 2, 1])
  })

  test('between slices, before and after them belong to none', () => {
    const made = recorder()
    for (const us of [-1, 500, 999, 2_500]) made.record(at(us, us + 10))
    expect(counts(made)).toEqual([0, 0, 0])
  })

  test('that come before they were sent are counted apart, never as their absolute value', () => {
    const made = recorder()
    made.record(at(1_100, 1_050))
    made.record({ ...at(1_100, 1_150), publishedUs: 1_200 })
    expect(made.finish().map(({ negatives }) => negatives)).toEqual([0, 2, 0])
    expect(counts(made)).toEqual([0, 0, 0])
  })
})

describe('the excess', () => {
  test('of a message that a poll brought counts from the poll, and not from before it was due', () => {
    const made = recorder(true)
    made.record({ ...at(100, 450), askedUs: 400, lagUs: 300, readLagUs: 20 })
    made.record({ ...at(1_100, 1_150), askedUs: 1_050 })
    const [first, second] = made.finish()
    expect([first, second].map((slice) => decodeHistogram(slice?.timeUs ?? '').max)).toEqual([50, 50])
    expect(decodeHistogram(first?.lagUs ?? '').max).toBe(20)
  })

  test('is asked for: else the wait for the poll belongs to the latency', () => {
    const made = recorder()
    made.record({ ...at(100, 450), askedUs: 400 })
    expect(decodeHistogram(made.finish()[0]?.timeUs ?? '').max).toBe(350)
  })
})

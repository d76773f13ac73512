import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Blocks, blockLengthUs } from './blocks.js'
import { decodeHistogram } from './histogram.js'

describe('a block', () => {
  it.each([
    [0, 1],
    [5, 1],
    [599.5, 1],
    [600, 1],
    [600.001, 2],
    [1_200, 2],
    [86_400, 144],
  ])('of windows of %d s lasts %d s, so that there are never more than 600', (seconds, expected) => {
    expect(blockLengthUs(seconds * 1e6)).toBe(expected * 1e6)
    expect(Math.ceil((seconds * 1e6) / blockLengthUs(seconds * 1e6))).toBeLessThanOrEqual(600)
  })
})

describe('blocks', () => {
  it('hold each the values of their own', () => {
    const blocks = new Blocks()
    for (const [index, us] of [
      [0, 10],
      [2, 30],
      [0, 20],
    ] as const)
      blocks.record(index, us)
    const finished = blocks.finish()
    expect(finished.map(({ index, delivered }) => [index, delivered])).toEqual([
      [0, 2],
      [2, 1],
    ])
    expect([...decodeHistogram(finished[0]?.latencyUs ?? '').values()]).toEqual([
      [10, 1],
      [20, 1],
    ])
  })

  it('exist too where there were only bytes, with an empty histogram', () => {
    const blocks = new Blocks()
    blocks.addBytes(3, 100)
    blocks.addBytes(3, 50)
    blocks.record(1, 5)
    const finished = blocks.finish()
    expect(finished.map(({ index, delivered, bytesReceived }) => [index, delivered, bytesReceived])).toEqual([
      [1, 1, 0],
      [3, 0, 150],
    ])
    expect(decodeHistogram(finished[1]?.latencyUs ?? '').count).toBe(0)
  })

  it('take values for any block at any time, however many there are', () => {
    const records = fc.array(fc.tuple(fc.integer({ min: 0, max: 199 }), fc.integer({ min: 0, max: 2_000 })), { maxLength: 600 })
    fc.assert(
      fc.property(records, (values) => {
        const blocks = new Blocks()
        const expected = new Map<number, number[]>()
        // Over 64 at once, from the first to the last, and then late ones among them.
        for (const [index, us] of [...Array.from({ length: 100 }, (_, at) => [at, at] as const), ...values]) {
          blocks.record(index, us)
          expected.set(index, [...(expected.get(index) ?? []), us])
        }
        for (const { index, delivered, latencyUs } of blocks.finish()) {
          const own = (expected.get(index) ?? []).sort((a, b) => a - b)
          expect(delivered).toBe(own.length)
          expect([...decodeHistogram(latencyUs).values()].flatMap(([us, count]) => new Array<number>(count).fill(us))).toEqual(
            own,
          )
        }
      }),
      { numRuns: 15 },
    )
  })
})

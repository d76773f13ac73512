import { describe, expect, test } from 'vitest'
import { buildLabel, buildPair } from '../testing/gate-figures.js'
import { knownAnswers } from '../testing/known-answers.js'
import { median, valuesOf } from './round-values.js'

interface SlicePaired {
  baseline_slices: { p50: number; p99: number }[]
  candidate_slices: { p50: number; p99: number }[]
  median_log_ratio: { p50: number; p99: number }
}

const all = (count: number) => new Array<boolean>(count).fill(true)
const figureOf = (parts: Parameters<typeof buildLabel>[0], metric: string, kept = all(20)) =>
  valuesOf(buildLabel(parts), kept).find((value) => value.metric === metric)

describe('the value of a round', () => {
  test.each(knownAnswers<SlicePaired>('slicePairedRatio'))('is the median over pairs of neighbours', (known) => {
    const pairs = known.baseline_slices.map((baseline, index) =>
      buildPair({ baseline, candidate: known.candidate_slices[index] ?? {} }),
    )
    expect(figureOf({ pairs }, 'latencyUs.p50', all(pairs.length))?.lnRatio).toBeCloseTo(known.median_log_ratio.p50, 12)
    expect(figureOf({ pairs }, 'latencyUs.windowedP99', all(pairs.length))?.lnRatio).toBeCloseTo(known.median_log_ratio.p99, 12)
  })

  test('has nothing of the pairs that do not count', () => {
    const pairs = [buildPair({ candidate: { p50: 40_000 } }), buildPair({ candidate: { p50: 440 } })]
    const value = figureOf({ pairs }, 'latencyUs.p50', [false, true])
    expect(value).toMatchObject({ baseline: 400, candidate: 440, pairs: 1, dropped: 1 })
    expect(value?.lnRatio).toBeCloseTo(Math.log(1.1), 12)
  })

  test('of bytes and processor time is that of the totals', () => {
    const totals = {
      baseline: { bytes: 2_000, cpuUs: 500, deliveries: 10 },
      candidate: { bytes: 2_020, cpuUs: null, deliveries: 10 },
    }
    expect(figureOf({ totals }, 'bytes.perMessage')).toMatchObject({ baseline: 200, candidate: 202 })
    expect(figureOf({ totals }, 'bytes.perMessage')?.lnRatio).toBeCloseTo(Math.log(1.01), 12)
    expect(figureOf({ totals }, 'server.cpuUsPerMessage')).toMatchObject({ lnRatio: null, baseline: 50, candidate: null })
  })

  test('is null where nothing was measured, never 0', () => {
    expect(figureOf({ pairs: [] }, 'latencyUs.p50', [])).toMatchObject({ lnRatio: null, baseline: null, candidate: null })
    const nothing = { bytes: 0, cpuUs: 0, deliveries: 0 }
    expect(figureOf({ totals: { baseline: nothing, candidate: nothing } }, 'bytes.perMessage')?.lnRatio).toBeNull()
  })

  test('of an even number of pairs lies between the two in the middle', () => {
    expect([median([]), median([3]), median([4, 1]), median([9, 1, 2])]).toEqual([null, 3, 2.5, 2])
  })
})

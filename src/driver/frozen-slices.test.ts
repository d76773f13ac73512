import { describe, expect, it } from 'vitest'
import { FrozenSlices } from './frozen-slices.js'

/** Four slices of 250 ms, with 10 ms between them. */
const SLICES = [0, 1, 2, 3].map((index) => ({ startUs: index * 260e3, endUs: index * 260e3 + 250e3 }))

function frozen(fromUs: number, toUs: number): number[] {
  const slices = new FrozenSlices(SLICES)
  slices.note(fromUs, toUs, 40e3)
  return slices.frozenUs
}

describe('a time in which a driver did not run', () => {
  it('is that of the slice in which it was', () => {
    expect(frozen(300e3, 340e3)).toEqual([0, 40e3, 0, 0])
  })

  it('is that of both its neighbours where it was between two slices', () => {
    expect(frozen(511e3, 519e3)).toEqual([0, 40e3, 40e3, 0])
    expect(frozen(505e3, 545e3)).toEqual([0, 40e3, 40e3, 0])
  })

  it('is that of all slices over which it went', () => {
    expect(frozen(100e3, 700e3)).toEqual([40e3, 40e3, 40e3, 0])
  })

  it('is that of the last slice where its messages were still under way', () => {
    expect(frozen(1_035e3, 1_100e3)).toEqual([0, 0, 0, 40e3])
  })

  it('is that of none before the first, unless it goes on in that', () => {
    expect(frozen(-100e3, -10e3)).toEqual([0, 0, 0, 0])
    expect(frozen(-100e3, 10e3)).toEqual([40e3, 0, 0, 0])
  })

  it('adds up', () => {
    const slices = new FrozenSlices(SLICES)
    slices.note(10e3, 30e3, 11_000.4)
    slices.note(100e3, 130e3, 20e3)
    expect(slices.frozenUs).toEqual([31_000, 0, 0, 0])
  })
})

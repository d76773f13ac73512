import { describe, expect, test } from 'vitest'
import {
  formatCount,
  formatDuration,
  formatPercent,
  formatRatio,
  formatSetDuration,
  formatSetSize,
  formatSize,
  formatSpread,
} from './quantity.js'

describe('durations', () => {
  test.each([
    [null, '-'],
    [0, '0 us'],
    [0.42, '0.420 us'],
    [1, '1.00 us'],
    [12, '12.0 us'],
    [850, '850 us'],
    [999.4, '999 us'],
    [999.7, '1.00 ms'],
    [3_100, '3.10 ms'],
    [12_345, '12.3 ms'],
    [999_600, '1.00 s'],
    [1_250_000, '1.25 s'],
    [3_600_000_000, '3\u202f600 s'],
    [-3_100, '-3.10 ms'],
  ])('%s us is %s', (us, text) => expect(formatDuration(us)).toBe(text))
})

test.each([
  [null, '-'],
  [214.4, '214 B'],
  [1_234, '1.23 kB'],
  [999_999, '1.00 MB'],
  [8_000_000_000, '8.00 GB'],
])('%s bytes are %s', (bytes, text) => expect(formatSize(bytes)).toBe(text))

test.each([
  [0, '0'],
  [12, '12'],
  [2.5, '2.50'],
  [1_234_567, '1\u202f234\u202f567'],
  [null, '-'],
])('the count %s is %s', (count, text) => expect(formatCount(count)).toBe(text))

test.each([
  [0, '0'],
  [0.0004, '<0.001'],
  [0.05, '0.05'],
  [20, '20'],
  [100, '100'],
  [99.97, '100'],
  [0.0999999, '0.1'],
  [0.954, '0.954'],
  [1.2, '1.2'],
  [17.46, '17.5'],
  [null, '-'],
])('the ratio %s is %s', (ratio, text) => expect(formatRatio(ratio)).toBe(text))

test.each([
  [0, '0 %'],
  [0.00003, '<0.01 %'],
  [0.0003, '0.03 %'],
  [0.243, '24.3 %'],
  [4.2, '420 %'],
  [null, '-'],
])('the share %s is %s', (share, text) => expect(formatPercent(share)).toBe(text))

test.each([
  [{ median: 100, min: 96, max: 103 }, '±4 %'],
  [{ median: 1000, min: 998, max: 1001 }, '±0.2 %'],
  [{ median: 5, min: 5, max: 5 }, '±0 %'],
  [{ median: 0, min: 0, max: 3 }, '0 to 3'],
  [{ median: null, min: null, max: null }, ''],
])('the spread of %o is %s', (spread, text) => expect(formatSpread(spread)).toBe(text))

test.each([
  [5e6, '5 s'],
  [1.5e6, '1.5 s'],
  [250e3, '250 ms'],
  [0, '0 us'],
  [90e6, '90 s'],
])('a chosen duration of %s us is %s', (us, text) => expect(formatSetDuration(us)).toBe(text))

test.each([
  [96, '96 B'],
  [1024, '1\u202f024 B'],
  [2000, '2 kB'],
])('a chosen size of %s bytes is %s', (bytes, text) => expect(formatSetSize(bytes)).toBe(text))

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutAt } from '../testing/scripted-server.js'
import { LineSplitter } from './line-splitter.js'

function linesOf(parts: readonly Buffer[]): string[] {
  const lines: string[] = []
  const splitter = new LineSplitter((line) => lines.push(line.toString('latin1')))
  for (const part of parts) splitter.push(part)
  return lines
}

const bytes = fc
  .array(fc.constantFrom('a', 'é', '漢', '😀', '\n', '\r', '\r\n', '\n\n', ' '), { maxLength: 40 })
  .map((parts) => Buffer.from(parts.join('')))

test('lines are the same wherever the bytes are cut', () => {
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(120), { maxLength: 30 }), (whole, places) => {
      const expected = whole
        .toString('latin1')
        .split('\n')
        .slice(0, -1)
        .map((line) => line.replace(/\r$/, ''))
      expect(linesOf(cutAt(whole, places))).toEqual(expected)
      expect(linesOf(Array.from(whole, (byte) => Buffer.from([byte])))).toEqual(expected)
    }),
  )
})

test('a line without an end is refused before it fills the memory', () => {
  const splitter = new LineSplitter(() => {})
  const push = () => splitter.push(Buffer.alloc(1 << 16, 'x'))
  for (let count = 0; count < 32; count++) push()
  expect(push).toThrow('expected lines of at most 2097152 bytes')
})

test('long lines that end are taken, one after the other', () => {
  const lengths: number[] = []
  const splitter = new LineSplitter(({ length }) => lengths.push(length))
  for (let count = 0; count < 4; count++) {
    splitter.push(Buffer.alloc(1_500_000, 'x'))
    splitter.push(Buffer.from('\n'))
  }
  expect(lengths).toEqual(Array(4).fill(1_500_000))
})

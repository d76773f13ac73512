import { expect, test } from 'vitest'
import { buildDistribution, buildResult } from '../testing/builders.js'
import { buildSlowReaders } from '../testing/slow-readers.js'
import { comparisonsOf } from './comparison.js'
import { renderMarkdown } from './markdown.js'
import { slowReaderNotes } from './slow-readers.js'
import { renderTerminal } from './terminal.js'

const notesOf = (...parts: Parameters<typeof buildResult>) =>
  comparisonsOf(buildResult(...parts)).flatMap((view) => slowReaderNotes(view).map((note) => note.replaceAll('\u202f', ' ')))

test('a trial without slow readers has no line about them', () => {
  expect(notesOf({ labels: ['sse'] })).toEqual([])
})

test('a trial with slow readers says how late they were, what they lack and what the server did', () => {
  const slowReaders = buildSlowReaders({ latencyUs: { ...buildDistribution(6_500_000), p50: 6_500_000, p99: 9_900_000 } })
  expect(notesOf({ labels: ['sse'], alter: () => ({ slowReaders }) })).toEqual([
    'sse, 4 slow readers at 20.5 kB/s: latency p50 6.50 s, p99 9.90 s; 200 missing (50.0 %); waiting in the server at most 81.9 kB, 20.5 kB for one connection; 1 cut off',
  ])
})

test('what was not measured is not 0', () => {
  const nothing = { ...buildDistribution(1), count: 0, p50: null, p99: null }
  const slowReaders = buildSlowReaders({ latencyUs: nothing, serverMaxBufferedBytes: null, missing: 400, delivered: 0 })
  const [note] = notesOf({ labels: ['sse'], alter: () => ({ slowReaders }) })
  expect(note).toContain('nothing arrived; 400 missing (100 %); waiting in the server at most -')
})

test('of several rounds it is the median of latency, and the most that the server did', () => {
  const alter = ({ round }: { round: number }) => ({
    slowReaders: buildSlowReaders({
      latencyUs: { ...buildDistribution(1), p50: round * 1e6, p99: round * 2e6 },
      serverMaxBufferedBytes: round * 10_000,
      disconnected: round,
    }),
  })
  const [note] = notesOf({ labels: ['sse'], rounds: 3, alter })
  expect(note).toContain('latency p50 2.00 s, p99 4.00 s')
  expect(note).toContain('at most 30.0 kB')
  expect(note).toContain('3 cut off')
})

test('both reports have the line', () => {
  const result = buildResult({ labels: ['sse'], alter: () => ({ slowReaders: buildSlowReaders() }) })
  expect(renderTerminal(result, { colour: false, width: 200 })).toContain('sse, 4 slow readers at 20.5')
  expect(renderMarkdown([result])).toMatch(/^- sse, 4 slow readers at 20\.5/m)
})

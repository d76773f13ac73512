import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FeedLog, type LogLimits, MOST_BYTES_READ, MOST_MESSAGES_READ } from './log.js'

function filled(lengths: readonly number[], limits?: LogLimits): FeedLog {
  const log = new FeedLog(limits)
  for (const length of lengths) log.append(Buffer.alloc(length))
  return log
}

const positions = (log: FeedLog, after: number) => log.read(after).entries.map(({ position }) => position)

describe('the log', () => {
  it('is empty at first', () => {
    const log = new FeedLog()
    expect(log.newest).toBe(0)
    expect(log.read(0)).toEqual({ entries: [], next: 0, evicted: 0 })
  })

  it('gives what comes after a cursor, oldest first', () => {
    const log = filled([1, 1, 1, 1])
    expect(positions(log, 0)).toEqual([1, 2, 3, 4])
    expect(positions(log, 2)).toEqual([3, 4])
    expect(log.read(2)).toMatchObject({ next: 4, evicted: 0 })
    expect(log.read(4)).toEqual({ entries: [], next: 4, evicted: 0 })
  })

  it('leaves a cursor from the future where it is', () => {
    expect(filled([1, 1]).read(9)).toEqual({ entries: [], next: 9, evicted: 0 })
  })

  it('keeps the newest messages, and tells a late reader how many are gone', () => {
    const log = filled([1, 1, 1, 1, 1], { messages: 3, bytes: 1_000 })
    expect(positions(log, 0)).toEqual([3, 4, 5])
    expect(log.read(0)).toMatchObject({ next: 5, evicted: 2 })
    expect(log.read(1)).toMatchObject({ next: 5, evicted: 1 })
    expect(log.read(2)).toMatchObject({ next: 5, evicted: 0 })
  })

  it('keeps no more bytes than it may, but always the newest message', () => {
    expect(positions(filled([40, 40, 40], { messages: 10, bytes: 100 }), 0)).toEqual([2, 3])
    expect(positions(filled([40, 200], { messages: 10, bytes: 100 }), 0)).toEqual([2])
    expect(positions(filled([40, 200, 40], { messages: 10, bytes: 100 }), 0)).toEqual([3])
  })

  it('gives a response as many messages as it carries', () => {
    const log = filled(new Array<number>(MOST_MESSAGES_READ + 1).fill(1))
    expect(log.read(0)).toMatchObject({ next: MOST_MESSAGES_READ })
    expect(log.read(1)).toMatchObject({ next: MOST_MESSAGES_READ + 1 })
  })

  it('gives a response as many bytes as it carries, but a longer message whole', () => {
    const log = filled([MOST_BYTES_READ - 1, 1, 1, MOST_BYTES_READ + 1, 1])
    expect([positions(log, 0), positions(log, 2), positions(log, 3), positions(log, 4)]).toEqual([[1, 2], [3], [4], [5]])
  })

  it('calls who listens with each message, until they have enough', () => {
    const log = new FeedLog()
    const heard: number[] = []
    const unsubscribe = log.subscribe(({ position }) => heard.push(position))
    log.append(Buffer.alloc(1))
    log.append(Buffer.alloc(1))
    unsubscribe()
    log.append(Buffer.alloc(1))
    expect(heard).toEqual([1, 2])
  })

  it('has a message before who listens is called', () => {
    const log = new FeedLog()
    const seen: [number, number][] = []
    log.subscribe(({ position }) => seen.push([log.newest, log.read(position - 1).entries.length]))
    log.append(Buffer.alloc(1))
    expect(seen).toEqual([[1, 1]])
  })

  it('is a list that forgets its beginning', () => {
    const limits = fc.record({ messages: fc.integer({ min: 1, max: 12 }), bytes: fc.integer({ min: 1, max: 300 }) })
    const steps = fc.array(
      fc.oneof(
        fc.record({ append: fc.integer({ min: 0, max: 120 }) }),
        fc.record({ after: fc.nat(60), messages: fc.integer({ min: 1, max: 8 }), bytes: fc.integer({ min: 1, max: 200 }) }),
      ),
      { maxLength: 80 },
    )
    fc.assert(
      fc.property(limits, steps, (limit, asked) => {
        const log = new FeedLog(limit)
        let kept: { position: number; length: number }[] = []
        let newest = 0
        const total = () => kept.reduce((sum, { length }) => sum + length, 0)
        for (const step of asked) {
          if ('append' in step) {
            while (kept.length > 0 && (kept.length >= limit.messages || total() + step.append > limit.bytes)) kept = kept.slice(1)
            kept.push({ position: ++newest, length: step.append })
            log.append(Buffer.alloc(step.append))
            continue
          }
          const later = kept.filter(({ position }) => position > step.after)
          let taken = 0
          let bytes = 0
          while (taken < Math.min(later.length, step.messages)) {
            bytes += (later[taken] as { length: number }).length
            if (taken > 0 && bytes > step.bytes) break
            taken++
          }
          const read = log.read(step.after, step)
          expect(read.entries.map(({ position, text }) => ({ position, length: text.length }))).toEqual(later.slice(0, taken))
          expect(read.evicted).toBe(Math.max(0, (kept[0]?.position ?? 1) - step.after - 1))
          expect(read.next).toBe(later[taken - 1]?.position ?? step.after)
        }
      }),
    )
  })

  it('keeps no more memory than its messages have, however they were made', () => {
    const { text } = new FeedLog().append(Buffer.from('{"seq":1}'))
    expect([text.toString(), text.buffer.byteLength]).toEqual(['{"seq":1}', 9])
  })
})

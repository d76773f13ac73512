import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildLink } from '../../testing/links.js'
import { DelayLine, type Parcel } from './delay-line.js'
import { LinkDelays } from './link-delays.js'
import { Timetable } from './timetable.js'

const NETWORK = buildLink()
const bytes = (text: string) => Buffer.from(text)

/** Lines to outlets that note what comes, by a clock that stands where it is put. */
class Link {
  readonly timetable = new Timetable()
  readonly delivered: { what: string; atUs: number; dueUs: number; wasHeld: boolean }[] = []
  nowUs = 0
  takesMore = true

  line(jitterUs = 0, seed = 1): DelayLine {
    return new DelayLine(new LinkDelays({ ...NETWORK, jitterUs, events: [] }, seed), {
      deliver: ({ what, dueUs }: Parcel, wasHeld) => {
        this.delivered.push({ what: String(what), atUs: this.nowUs, dueUs, wasHeld })
        return this.takesMore
      },
    })
  }

  push(line: DelayLine, what: Buffer | 'end' | 'reset', atUs: number, earlyUs = 0): void {
    line.push(what, atUs, earlyUs)
    this.timetable.update(line)
  }

  /** Goes from one due moment to the next, as the loop does. */
  passTo(us: number): void {
    while (this.timetable.nextUs <= us) {
      this.nowUs = Math.max(this.nowUs, this.timetable.nextUs)
      this.timetable.releaseDue(this.nowUs, 1)
    }
    this.nowUs = us
  }

  get words(): string[] {
    return this.delivered.map(({ what, atUs }) => `${what}@${atUs}`)
  }
}

describe('a delay line', () => {
  it('hands on bytes and the end in order, each after its delay, and knows what lies on it', () => {
    const link = new Link()
    const line = link.line()
    link.push(line, bytes('ab'), 0)
    link.push(line, bytes('c'), 5)
    link.push(line, 'end', 9)
    expect(line.bytes).toBe(3)
    link.passTo(9_999)
    expect(link.words).toEqual([])
    link.passTo(10_006)
    expect(line.bytes).toBe(0)
    link.passTo(20_000)
    expect(link.words).toEqual(['ab@10000', 'c@10005', 'end@10009'])
  })

  it('begins early by as much as it is told, but not before the bytes were there', () => {
    const link = new Link()
    link.push(link.line(), bytes('a'), 0, 400)
    link.push(link.line(), bytes('b'), 0, 40_000)
    link.passTo(20_000)
    expect(link.words).toEqual(['b@0', 'a@9600'])
    expect(link.delivered.map(({ dueUs }) => dueUs)).toEqual([10_000, 10_000])
  })

  it('keeps what a receiver does not take, and says that it was held', () => {
    const link = new Link()
    const line = link.line()
    link.takesMore = false
    for (const [index, word] of ['a', 'b', 'c'].entries()) link.push(line, bytes(word), index)
    link.passTo(50_000)
    expect(link.words).toEqual(['a@10000'])
    expect(line.bytes).toBe(2)
    link.takesMore = true
    line.resume(link.nowUs)
    link.timetable.update(line)
    link.push(line, bytes('d'), 50_000)
    link.passTo(70_000)
    expect(link.words).toEqual(['a@10000', 'b@50000', 'c@50000', 'd@60000'])
    expect(link.delivered.map(({ wasHeld }) => wasHeld)).toEqual([false, true, true, false])
  })

  it('lets nothing pass while it is stalled, then all, which is what was asked of it', () => {
    const link = new Link()
    const line = link.line()
    link.push(line, bytes('a'), 0)
    line.stall(30_000)
    link.timetable.update(line)
    link.push(line, bytes('b'), 15_000)
    link.push(line, bytes('c'), 25_000)
    link.passTo(60_000)
    expect(link.words).toEqual(['a@30000', 'b@30000', 'c@35000'])
    expect(link.delivered.map(({ dueUs }) => dueUs)).toEqual([30_000, 30_000, 35_000])
  })

  it('forgets what is on its way, and goes on', () => {
    const link = new Link()
    const line = link.line()
    expect(line.clear()).toBe(false)
    link.push(line, bytes('lost'), 0)
    expect(line.clear()).toBe(true)
    link.timetable.update(line)
    link.push(line, bytes('kept'), 5_000)
    link.passTo(60_000)
    expect(link.words).toEqual(['kept@15000'])
  })

  it('hands on every byte exactly once and in order, whatever others and jitter do', () => {
    const pushes = fc.array(fc.record({ line: fc.nat(5), afterUs: fc.nat(3_000) }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(pushes, fc.integer(), (sent, seed) => {
        const link = new Link()
        const lines = Array.from({ length: 6 }, (_, index) => link.line(20_000, seed + index))
        let nowUs = 0
        for (const [index, { line, afterUs }] of sent.entries()) {
          nowUs += afterUs
          link.passTo(nowUs)
          link.push(lines[line] as DelayLine, bytes(`${line}:${index}`), nowUs)
        }
        link.passTo(nowUs + 100_000)
        const byLine = (index: number) => link.delivered.map(({ what }) => what).filter((what) => what.startsWith(`${index}:`))
        for (const index of lines.keys()) {
          expect(byLine(index)).toEqual(sent.flatMap(({ line }, at) => (line === index ? [`${line}:${at}`] : [])))
        }
        for (const { atUs, dueUs } of link.delivered) expect(atUs).toBeGreaterThanOrEqual(dueUs)
      }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import type { MessagePointers } from '../model/target.js'
import { VirtualClock } from '../testing/virtual-clock.js'
import { NotAMessage } from './codec.js'
import { loadCodec } from './codecs.js'
import { pointerCodec, wallTimes } from './pointer-codec.js'

const POINTERS: MessagePointers = {
  seq: '/data/id',
  topic: '/channel',
  time: '/data/at',
  published: null,
  timeUnit: 'ms',
  clock: 'unix',
}
const BOOTED_AT_US = 1_700_000_000e6
const read = (message: unknown, pointers: Partial<MessagePointers> = {}) =>
  pointerCodec({ ...POINTERS, ...pointers }, { toMonotonicUs: (unixUs) => unixUs - BOOTED_AT_US }).readHead(
    Buffer.from(JSON.stringify(message)),
  )

describe('a codec of pointers', () => {
  it('reads seq, topic and time wherever they are', () => {
    const message = { channel: 'a', data: { id: 7, at: 1_700_000_000_123 } }
    expect(read(message)).toEqual({ topic: 'a', seq: 7, intendedUs: 123_000 })
  })

  it.each<[Partial<MessagePointers>, unknown, number]>([
    [{ timeUnit: 's' }, 1_700_000_000.5, 500_000],
    [{ timeUnit: 'us', clock: 'monotonic' }, 42, 42],
    [{ timeUnit: 'ms' }, '1700000000001', 1_000],
  ])('takes the time in its unit and of its clock: %j %j', (pointers, at, intendedUs) => {
    expect(read({ data: { id: 1, at } }, pointers).intendedUs).toBe(intendedUs)
  })

  it('takes digits in a text for a seq, and leaves out a time that is none', () => {
    expect(read({ data: { id: '12', at: 'noon' } })).toEqual({ topic: null, seq: 12 })
  })

  it.each([{}, { data: { id: 'x' } }, { data: { id: 1.5 } }, { data: { id: -1 } }, [], 'text', null])(
    'refuses %j, in which there is no seq',
    (message) => {
      expect(() => read(message)).toThrow(NotAMessage)
    },
  )

  it('reads the wall clock again now and then, because it may be set', () => {
    const clock = new VirtualClock(0)
    let offsetUs = 1_000
    let reads = 0
    const times = wallTimes(clock, () => {
      reads++
      return offsetUs
    })
    expect(times.toMonotonicUs(5_000)).toBe(4_000)
    offsetUs = 2_000
    expect(times.toMonotonicUs(5_000)).toBe(4_000)
    clock.advanceTo(10e6)
    expect(times.toMonotonicUs(5_000)).toBe(3_000)
    expect(reads).toBe(2)
  })
})

describe('a codec is loaded', () => {
  const module = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`

  it('from a module, which writes our messages where it has no encode', async () => {
    const codec = await loadCodec({
      module: module('export default { readHead: (t) => ({ topic: null, seq: t.length }) }'),
      pointers: null,
    })
    expect(codec.readHead(Buffer.from('four'))).toEqual({ topic: null, seq: 4 })
    const message = { seq: 1, intendedUs: 2, publishedUs: 3, topic: null, data: '0' }
    expect(codec.encode(message).toString()).toBe('{"seq":1,"t":2,"p":3,"data":0}')
  })

  it.each([
    '',
    'export default 1',
    'export default { readHead: 1 }',
    'export default { readHead() {}, encode: 1 }',
    'throw new Error("x")',
  ])('and refused where it is none: %s', async (text) => {
    await expect(loadCodec({ module: module(text), pointers: null })).rejects.toMatchObject({ problems: [{ code: 'E_CODEC' }] })
  })
})

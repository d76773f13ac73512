import { EventEmitter } from 'node:events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../model/role.js'
import { channelOver } from './channel.js'

const MIB = 2 ** 20

/** A pipe that keeps what is sent, until it is told to deliver it. */
class Pipe extends EventEmitter {
  readonly sent: unknown[] = []

  send(message: unknown): boolean {
    // As between processes: only what JSON can say arrives.
    this.sent.push(JSON.parse(JSON.stringify(message)))
    return true
  }

  /** What a channel over this pipe hands on of these parts. */
  static received(parts: readonly unknown[]): Json[] {
    const pipe = new Pipe()
    const messages: Json[] = []
    channelOver(pipe).onMessage((message) => messages.push(message))
    for (const part of parts) pipe.emit('message', part)
    return messages
  }
}

function partsOf(...messages: Json[]): unknown[] {
  const pipe = new Pipe()
  const channel = channelOver(pipe)
  for (const message of messages) channel.send(message)
  return pipe.sent
}

describe('a channel', () => {
  it('brings any JSON across as it is', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), (messages) => {
        const expected = JSON.parse(JSON.stringify(messages)) as Json[]
        expect(Pipe.received(partsOf(...(messages as Json[])))).toEqual(expected)
      }),
    )
  })

  it.each([
    ['just one part', MIB - 2, 1],
    ['one character more', MIB - 1, 2],
    ['several', 3 * MIB, 4],
  ])('cuts what is long into parts of at most 1 MiB: %s', (_, length, count) => {
    const parts = partsOf('x'.repeat(length)) as { text: string }[]
    expect(parts).toHaveLength(count)
    for (const { text } of parts) expect(text.length).toBeLessThanOrEqual(MIB)
    expect(Pipe.received(parts)).toEqual(['x'.repeat(length)])
  })

  it('puts characters together again that a cut has torn apart', () => {
    for (const shift of ['', 'a']) {
      const text = shift + '😀é"\\'.repeat(MIB / 4)
      expect(Pipe.received(partsOf(text))).toEqual([text])
    }
  })

  it('tells messages apart whose parts are mixed, and hands each on when it is whole', () => {
    const [long, longer, short]: [Json, Json, Json] = [{ long: 'a'.repeat(MIB) }, ['b'.repeat(2 * MIB)], 'c']
    const [a0, a1, b0, b1, b2, c0] = partsOf(long, longer, short)
    expect(Pipe.received([b0, a0, c0, b1, a1, b2])).toEqual([short, long, longer])
  })

  it('has nothing to say while a part is missing', () => {
    expect(Pipe.received(partsOf('x'.repeat(2 * MIB)).slice(0, -1))).toEqual([])
  })

  it('loses nothing but the message where the other end is gone', () => {
    const channel = channelOver({ on: () => undefined })
    expect(() => channel.send({ kind: 'stop' })).not.toThrow()
  })
})

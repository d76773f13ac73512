import { describe, expect, it } from 'vitest'
import type { TargetSurface } from '../model/target.js'
import { pollRequests } from './poll-requests.js'

function foreign({ path = '/items?room=a', cursor = 'since', ...poll }: Record<string, string | null> = {}) {
  const form = { messages: '/items', next: '/cursor', hold: null, holdUnit: 'ms', ...poll } as NonNullable<TargetSurface['poll']>
  const surface = { path, cursor, poll: form, events: null, protocol: null, send: null } as TargetSurface
  return pollRequests('/poll', surface)
}
const texts = ({ messages }: { messages: Buffer[] }) => messages.map(String)

describe('our own server is polled', () => {
  const own = pollRequests('/poll', undefined)
  it.each([
    [null, '', '/poll'],
    [null, 'mode=latest', '/poll?mode=latest'],
    [5, '', '/poll?after=5'],
    [5, 'hold=30', '/poll?after=5&hold=30'],
  ])('after %j with %j as %s', (cursor, rest, target) => {
    expect(own.target(cursor, rest)).toBe(target)
  })
})

describe('another server is polled', () => {
  it('with its own parameter, behind those that its path has, and with whatever cursor it gave', () => {
    expect(foreign().target(null, '')).toBe('/items?room=a')
    expect(foreign().target('a b/1', '')).toBe('/items?room=a&since=a%20b%2F1')
    expect(foreign({ path: '/items' }).target(7, foreign({ hold: 'wait', holdUnit: 's' }).hold(1_500))).toBe(
      '/items?since=7&wait=1.5',
    )
  })

  it('takes its list, and the cursor beside it or in its last message', () => {
    const body = Buffer.from('{"cursor":"x","items":[{"id":1},{"id":2}]}')
    expect(foreign().read(200, body)).toMatchObject({ next: 'x', full: false })
    expect(texts(foreign().read(200, body))).toEqual(['{"id":1}', '{"id":2}'])
    expect(foreign({ next: '/items/-1/id' }).read(200, body).next).toBe(2)
    expect(texts(foreign({ messages: '' }).read(200, Buffer.from('["one"]')))).toEqual(['one'])
  })

  it('leaves messages of our own form as the bytes that they were', () => {
    const body = Buffer.from('{"messages":[{"seq": 1,"data":"x"}],"next":1}')
    const own = foreign({ messages: '/messages', next: '/next' })
    expect(texts(own.read(200, body))).toEqual(['{"seq": 1,"data":"x"}'])
    expect(own.read(200, Buffer.from('{"next":4,"messages":[]}'))).toMatchObject({ next: 4, messages: [] })
  })

  it.each([204, 304])('has nothing to say with status %i, and the cursor stays', (status) => {
    expect(foreign().read(status, Buffer.alloc(0))).toEqual({ messages: [], next: null, full: false })
  })

  it.each([
    [500, '', /got 500/],
    [200, 'no JSON', /expected JSON/],
    [200, '{"messages":[]}', /a list of messages at "\/items"/],
  ])('is not understood with %i %j', (status, body, message) => {
    expect(() => foreign().read(status, Buffer.from(body))).toThrow(message)
  })
})

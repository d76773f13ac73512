import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { systemClock } from '../measure/clock.js'
import type { TargetPublish } from '../model/target.js'
import { createDialer } from '../network/dial.js'
import { type OutletParts, PostOutlet } from './post-outlet.js'
import type { Posting } from './posting.js'
import { WebSocketOutlet } from './websocket-outlet.js'

const open: { server: Server; outlet: Posting }[] = []
afterEach(async () => {
  for (const { server, outlet } of open.splice(0)) {
    await outlet.close()
    server.closeAllConnections()
    server.close()
  }
})

const PUBLISH: TargetPublish = {
  kind: 'post',
  host: null,
  port: null,
  path: '/in?room=a',
  method: 'PUT',
  headers: [['Authorization', 'Bearer x']],
  connections: 2,
}

async function site<O extends Posting>(answer: RequestListener, create: (parts: OutletParts) => O) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const target = { host: '127.0.0.1', port }
  const dialer = createDialer({ ...target, sourceAddresses: [] })
  const results: string[] = []
  let wake = () => {}
  const outlet = create({
    dial: () => dialer.dial(),
    target,
    publish: PUBLISH,
    clock: systemClock,
    onResult: ({ position, error }) => results.push(`${position} ${error ?? 'accepted'}`),
    onFree: () => wake(),
  })
  open.push({ server, outlet })
  const untilFree = (isDone: () => boolean) =>
    new Promise<void>((resolve) => {
      wake = () => {
        if (isDone()) resolve()
      }
      wake()
    })
  return { server, outlet, results, untilFree, dialer }
}

describe('messages are posted', () => {
  it('as they are, where and how it was asked, over connections that are kept', async () => {
    const requests: string[] = []
    const { outlet, results, untilFree, dialer } = await site(
      async (request, response) => {
        const body = (await request.toArray()).map(String).join('')
        const { method, url, headers } = request
        requests.push(`${method} ${url} ${headers.authorization} ${headers['content-type']} ${body}`)
        response.writeHead(201).end('made')
      },
      (parts) => new PostOutlet(parts),
    )
    for (const position of [1, 2, 3]) {
      outlet.publish(Buffer.from(`{"seq":${position},"data":"é"}`), position)
      await untilFree(() => results.length === position)
    }
    expect(results).toEqual(['1 accepted', '2 accepted', '3 accepted'])
    expect(requests[2]).toBe('PUT /in?room=a Bearer x application/json {"seq":3,"data":"é"}')
    expect(dialer.dialled).toBe(1)
  })

  it('by so many at once, and no more until one was answered', async () => {
    const waiting: (() => void)[] = []
    const { outlet, results, untilFree } = await site(
      (_request, response) => waiting.push(() => response.writeHead(204).end()),
      (parts) => new PostOutlet(parts),
    )
    outlet.publish(Buffer.from('{}'), 1)
    expect(outlet.canTake()).toBe(true)
    outlet.publish(Buffer.from('{}'), 2)
    expect([outlet.canTake(), outlet.unanswered]).toEqual([false, 2])
    const answered = untilFree(() => results.length === 1)
    while (waiting.length === 0) await new Promise(setImmediate)
    waiting[0]?.()
    await answered
    expect([outlet.canTake(), outlet.unanswered]).toEqual([true, 1])
  })

  it('and told what became of those that the server did not take', async () => {
    let count = 0
    const { outlet, results, untilFree } = await site(
      (request, response) => (++count === 1 ? response.writeHead(422).end('no room') : request.socket.destroy()),
      (parts) => new PostOutlet(parts),
    )
    for (const position of [1, 2]) {
      outlet.publish(Buffer.from('{}'), position)
      await untilFree(() => results.length === position)
    }
    expect(results[0]).toBe('1 expected a 2xx status, got 422 with "no room"')
    expect(results[1]).toMatch(/^2 .*(end of the connection|ECONNRESET)/)
  })
})

describe('messages over a WebSocket', () => {
  it('are sent in order once it is open, and again after it was lost', async () => {
    const { server, outlet, results, untilFree } = await site(
      () => {},
      (parts) => new WebSocketOutlet({ ...parts, publish: { ...parts.publish, kind: 'websocket' } }),
    )
    const texts: string[] = []
    const sockets = new WebSocketServer({ server })
    sockets.on('connection', (socket) => socket.on('message', (text) => texts.push(String(text))))
    expect(outlet.canTake()).toBe(false)
    await untilFree(() => outlet.canTake())
    outlet.publish(Buffer.from('{"seq":1}'), 1)
    outlet.publish(Buffer.from('{"seq":2}'), 2)
    await untilFree(() => results.length === 2)
    while (texts.length < 2) await new Promise(setImmediate)
    expect(texts).toEqual(['{"seq":1}', '{"seq":2}'])
    for (const socket of sockets.clients) socket.terminate()
    while (outlet.canTake()) await new Promise(setImmediate)
    await untilFree(() => outlet.canTake())
    expect(results).toEqual(['1 accepted', '2 accepted'])
  })
})

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../measure/clock.js'
import { HeapTimers } from '../measure/timers.js'
import type { CountedSocket } from '../network/counted-socket.js'
import { createDialer, type Dialer } from '../network/dial.js'
import {
  COMPRESSED_LIES,
  HTTP_LIES,
  type Lie,
  NOT_OFFERED,
  POLL_LIES,
  SSE_LIES,
  STREAM_LIES,
  STREAM_WAITS,
  WAITS,
  WEB_SOCKET_LIES,
  WEB_SOCKET_WAITS,
} from '../testing/lies.js'
import { RecordedClient } from '../testing/recorded-client.js'
import { pause, until } from '../testing/transport-site.js'
import { builtInTransports } from './registry.js'

/** A client whose server lies says so, once; it neither hangs nor throws, keeps little, and leaves no connection. */

const GOOD_POLL = 'HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n{"messages":[],"next":0}'
const POLLS = new Set(['polling', 'long-polling'])
const COMPRESSED = 'websocket, compressed'
const OPTIONS: Record<string, Record<string, unknown>> = { polling: { interval: '20ms' }, [COMPRESSED]: { compression: 'on' } }
const CLIENTS = [...builtInTransports.map(({ name }) => name), COMPRESSED]

interface Site {
  server: Server
  peers: Set<Socket>
  dialer: Dialer
  dialled: CountedSocket[]
  client: RecordedClient
}
let site: Site
afterEach(async () => {
  await site.client.session.close()
  await until(() => site.dialled.every(({ closed }) => closed), 'every socket of the client is closed')
  const { losses, failures } = site.client
  const told = [losses.length, failures.length]
  for (const peer of site.peers) peer.destroy()
  await new Promise((resolve) => site.server.close(resolve))
  await pause(0)
  expect([losses.length, failures.length]).toEqual(told)
  expect(losses.length).toBeLessThanOrEqual(1)
})

/** Opens a client towards a server that tells this lie to each request; polls after `goodPolls` that are answered as they should be. */
async function meet(name: string, lie: Lie, goodPolls = 0): Promise<void> {
  const descriptor = builtInTransports.find((transport) => transport.name === name.split(',')[0])
  if (descriptor === undefined) throw new Error(`there is no ${name}`)
  const peers = new Set<Socket>()
  let polls = 0
  const server = createServer((socket) => {
    peers.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => peers.delete(socket))
    socket.on('data', (data) => {
      if (!data.includes('HTTP/1.1\r\n')) return
      if (polls++ < goodPolls) socket.write(GOOD_POLL)
      else void tell(socket, lie, data.toString('latin1'))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const target = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  const dialer = createDialer({ ...target, sourceAddresses: [] })
  const client = new RecordedClient()
  site = { server, peers, dialer, dialled: [], client }
  const { open } = await descriptor.client()
  client.session = open(
    {
      index: 0,
      options: descriptor.optionsSchema.parse(OPTIONS[name] ?? {}),
      target,
      after: 0,
      dial() {
        const socket = dialer.dial()
        site.dialled.push(socket)
        return socket
      },
      clock: systemClock,
      timers: new HeapTimers(),
      headers: [],
      phase: 0,
      epochUs: systemClock.nowUs(),
      shared: new Map(),
    },
    client,
  )
}

/** More than any client may take of a lie before it has had enough. */
const MOST_SAID_BYTES = 16 << 20

async function tell(socket: Socket, { parts, ends = false }: Lie, request: string): Promise<void> {
  let bytes = 0
  for (const part of parts(request)) {
    if (socket.destroyed || bytes > MOST_SAID_BYTES) return
    bytes += part.length
    await new Promise<void>((resolve) => {
      socket.write(part, () => resolve())
      socket.once('close', resolve)
    })
    socket.removeAllListeners('close')
    // The client is in the same process, and must have its turn.
    await pause(0)
  }
  if (ends) socket.end()
}

const LIES = CLIENTS.map((name): [name: string, lies: Record<string, Lie>] => [
  name,
  {
    ...(name.startsWith('websocket') ? WEB_SOCKET_LIES : HTTP_LIES),
    ...(POLLS.has(name) ? POLL_LIES : {}),
    ...(name === 'http-streaming' || name === 'sse' ? STREAM_LIES : {}),
    ...(name === 'sse' ? SSE_LIES : {}),
    ...(name === 'websocket' ? NOT_OFFERED : {}),
    ...(name === COMPRESSED ? COMPRESSED_LIES : {}),
  },
])

describe.each(LIES)('%s is lost, whatever it is told:', (name, lies) => {
  test.each(Object.keys(lies))('%s', async (what) => {
    await meet(name, lies[what] as Lie)
    await until(() => site.client.losses.length === 1, 'the loss')
    expect(site.client.texts).toEqual([])
    expect(site.dialer.totals.received).toBeLessThan(8 << 20)
  })
})

describe.each(LIES.filter(([name]) => POLLS.has(name)))('%s that is subscribed counts it, and asks again:', (name, lies) => {
  test.each(Object.keys(lies))('%s', async (what) => {
    await meet(name, lies[what] as Lie, 1)
    await until(() => site.client.failures.length >= 2, 'two failures')
    expect([site.client.cursors, site.client.losses, site.client.texts]).toEqual([[0], [], []])
    expect(site.dialer.totals.received).toBeLessThan(32 << 20)
  })
})

const WAITING = CLIENTS.map((name): [name: string, waits: Record<string, Lie>] => [
  name,
  {
    ...WAITS,
    ...(name.startsWith('websocket') ? WEB_SOCKET_WAITS : {}),
    ...(name === 'http-streaming' || name === 'sse' ? STREAM_WAITS : {}),
  },
])

describe.each(WAITING)('%s waits, keeps nothing, and ends when it is told:', (name, waits) => {
  test.each(Object.keys(waits))('%s', async (what) => {
    await meet(name, waits[what] as Lie)
    let most = 0
    for (let turn = 0; turn < 100; turn++) {
      await pause(1)
      for (const { readableLength, writableLength } of site.dialled) most = Math.max(most, readableLength, writableLength)
    }
    expect(most).toBeLessThan(1 << 18)
  })
})

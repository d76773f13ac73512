import { execFile } from 'node:child_process'
import diagnostics from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { promisify } from 'node:util'
import { EventSource, fetch, WebSocket as UndiciWebSocket } from 'undici'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startWholeServer, type WholeServer } from '../testing/all-transports.js'
import { until } from '../testing/transport-site.js'

const curl = promisify(execFile)
const CURL = ['--silent', '--show-error', '--max-time', '10', '--noproxy', '*']

let whole: WholeServer
let url: string
beforeEach(async () => {
  whole = await startWholeServer()
  url = `http://127.0.0.1:${whole.port}`
})
afterEach(() => whole.server.close())

describe('curl', () => {
  test('polls', async () => {
    const texts = whole.publish(2, '"größe 😀"')
    const { stdout } = await curl('curl', [...CURL, `${url}/poll?after=0`])
    expect(stdout).toBe(`{"messages":[${texts.join()}],"next":2}`)
  })

  test('polls with an offer of HTTP/2', async () => {
    const { stdout } = await curl('curl', [...CURL, '--http2', '--write-out', '%{http_code}', `${url}/healthz`])
    expect(stdout).toBe('{"status":"ok"}200')
  })

  test.each(['/stream?after=0', '/events?after=0'])('reads %s until the server ends', async (path) => {
    const texts = whole.publish(3)
    const reading = curl('curl', [...CURL, '--no-buffer', `${url}${path}`])
    await until(() => whole.written() === 3, 'curl has begun to read')
    texts.push(...whole.publish(2))
    await whole.server.close()
    // A stream that is ended properly is no error to curl.
    const { stdout } = await reading
    expect(stdout).toBe(
      texts.map((text, index) => (path.startsWith('/stream') ? `${text}\n` : `id: ${index + 1}\ndata: ${text}\n\n`)).join(''),
    )
  })

  test('is told that a body is not wanted, however long it is', async () => {
    // In one piece with its head: of what is sent while the server closes, curl may see a reset and no answer.
    const body = 'x'.repeat(60_000)
    const { stdout } = await curl('curl', [
      ...CURL,
      '--request',
      'GET',
      '--data',
      body,
      '--output',
      '/dev/null',
      '--write-out',
      '%{http_code}',
      `${url}/poll`,
    ])
    expect(stdout).toBe('413')
  })
})

describe('fetch', () => {
  test('polls, and is told what is wrong with a parameter', async () => {
    const response = await fetch(`${url}/poll?after=-1`)
    expect([response.status, ((await response.json()) as { error: { parameter: string } }).error.parameter]).toEqual([
      400,
      'after',
    ])
  })

  test('reads a stream line by line', async () => {
    const texts = whole.publish(3)
    const { body } = await fetch(`${url}/stream?after=0`)
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true })
      if (text.split('\n').length > 3) break
    }
    expect(text).toBe(`${texts.join('\n')}\n`)
  })
})

describe('EventSource', () => {
  test('gets messages with their ids, and comes back after the last when it is cut off', async () => {
    const sockets: Socket[] = []
    const note = (message: unknown) => sockets.push((message as { socket: Socket }).socket)
    diagnostics.subscribe('net.server.socket', note)
    const events: { id: string; data: string }[] = []
    const source = new EventSource(`${url}/events?after=0`)
    source.onmessage = ({ data, lastEventId }) => events.push({ data: data as string, id: lastEventId })
    const texts = whole.publish(3)
    await until(() => events.length === 3, 'three messages')
    for (const socket of sockets) socket.destroy()
    texts.push(...whole.publish(2))
    // It waits for three seconds by itself.
    await until(() => events.length >= 5, 'the messages after the cut')
    expect(events).toEqual(texts.map((data, index) => ({ data, id: String(index + 1) })))
    source.close()
    diagnostics.unsubscribe('net.server.socket', note)
  })
})

describe.each([
  ['ws', (target: string) => new WebSocket(target) as unknown as UndiciWebSocket],
  ['undici', (target: string) => new UndiciWebSocket(target)],
])('the WebSocket of %s', (_, open) => {
  test('gets messages of every length as text, and is closed properly', async () => {
    const lengths = [1, 100, 60_000, 70_000]
    const texts = lengths.flatMap((length) => whole.publish(1, `"${'é'.repeat(length)}"`))
    const got: unknown[] = []
    const socket = open(`ws://127.0.0.1:${whole.port}/ws?after=0`)
    socket.addEventListener('message', ({ data }) => got.push(data))
    await until(() => got.length === 4, 'all messages')
    expect(got.map((text, index) => text === texts[index])).toEqual([true, true, true, true])
    const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)))
    socket.close(1000)
    expect(await closed).toBe(1000)
  })

  test('is told that the server goes away', async () => {
    const socket = open(`ws://127.0.0.1:${whole.port}/ws`)
    const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)))
    await new Promise((resolve) => socket.addEventListener('open', resolve))
    await whole.server.close()
    expect(await closed).toBe(1001)
  })
})

test('a ping is answered between messages', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${whole.port}/ws`)
  await once(socket, 'open')
  whole.publish(1)
  socket.ping('how are you')
  whole.publish(1)
  const [data] = (await once(socket, 'pong')) as [Buffer]
  expect(data.toString()).toBe('how are you')
  socket.terminate()
})

import { once } from 'node:events'
import { get } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Running, start, until } from './command.js'

/** The feed server alone, as somebody with curl or a browser meets it. */

let server: Running
let base: string

beforeAll(async () => {
  server = start(['serve', '--port', '0', '--rate', '50/s'])
  base = await until('the address', () => /http:\/\/127\.0\.0\.1:\d+/.exec(server.stdout())?.[0])
  // A feed has something to say to who asks for what was before.
  await until('the first words', () => server.stdout().includes('websocket'))
})

afterAll(async () => {
  server.child.kill('SIGINT')
  await server.ended
})

interface Message {
  seq: number
  t: number
  p: number
  data: string
}

/** As much of a response as is needed; streams never end. */
async function bytesUntil(path: string, isEnough: (text: string) => boolean): Promise<{ type: string; text: string }> {
  const [response] = (await once(get(`${base}${path}`), 'response')) as [import('node:http').IncomingMessage]
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk as string
    if (isEnough(text)) break
  }
  response.destroy()
  return { type: response.headers['content-type'] ?? '', text }
}

function expectMessages(messages: readonly Message[]): void {
  expect(messages.length).toBeGreaterThanOrEqual(2)
  for (const [index, message] of messages.entries()) {
    expect(Object.keys(message)).toEqual(['seq', 't', 'p', 'data'])
    expect(message.seq).toBe((messages[0]?.seq ?? 0) + index)
    expect(message.p).toBeGreaterThanOrEqual(message.t)
    expect(Buffer.byteLength(JSON.stringify(message))).toBe(200)
  }
}

describe('serve', () => {
  test('prints a line for each way to get the feed', () => {
    for (const words of ['/poll?after=0', '/long-poll?after=0&hold=', '/stream', '/events', '/ws'])
      expect(server.stdout()).toContain(words)
    expect(server.stdout()).not.toContain('\x1b')
  })

  test('answers a poll with what there is, and one without a cursor with the newest number', async () => {
    const start = (await (await fetch(`${base}/poll`)).json()) as { messages: Message[]; next: number }
    expect(start.messages).toEqual([])
    const held = (await (await fetch(`${base}/long-poll?after=${start.next + 1}&hold=20000`)).json()) as typeof start
    const answer = (await (await fetch(`${base}/poll?after=${start.next}`)).json()) as typeof start
    expect(held.messages[0]?.seq).toBe(start.next + 2)
    expectMessages(answer.messages)
    expect(answer.next).toBe(answer.messages.at(-1)?.seq)
    expect((await fetch(`${base}/poll?after=${answer.next + 1_000_000}`)).status).toBe(204)
  })

  test('streams lines', async () => {
    const { type, text } = await bytesUntil('/stream?after=0', (so) => so.split('\n').length > 3)
    expect(type).toBe('application/x-ndjson')
    expectMessages(
      text
        .split('\n')
        .slice(0, 3)
        .map((line) => JSON.parse(line) as Message),
    )
  })

  test('streams events, with an id each', async () => {
    const { type, text } = await bytesUntil('/events?after=0', (so) => so.split('\n\n').length > 4)
    expect(type).toBe('text/event-stream')
    const events = [...text.matchAll(/^id: ?(\d+)\ndata: ?(.*)\n\n/gm)].map(([, id, data]) => ({
      id,
      ...(JSON.parse(data as string) as Message),
    }))
    for (const { id, seq } of events) expect(id).toBe(String(seq))
    expectMessages(events.map(({ id, ...message }) => message))
  })

  test('sends a text each over WebSocket', async () => {
    const socket = new WebSocket(`${base.replace('http', 'ws')}/ws?after=0`)
    const messages: Message[] = []
    socket.on('message', (text: Buffer, isBinary) => {
      expect(isBinary).toBe(false)
      messages.push(JSON.parse(text.toString()) as Message)
    })
    await until('three messages', () => messages.length >= 3)
    socket.terminate()
    expectMessages(messages)
  })

  test.each([
    ['/healthz', 200],
    ['/nothing', 404],
    ['/poll?after=x', 400],
    ['/ws', 426],
  ])('answers %s with %i', async (path, status) => {
    expect((await fetch(`${base}${path}`)).status).toBe(status)
  })

  test('is at the loopback only', async () => {
    const socket = connect({ host: '127.0.0.2', port: Number(new URL(base).port) })
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNREFUSED')
  })
})

test.each(['SIGINT', 'SIGTERM'] as const)('serve ends with 130 on %s, though clients are connected', async (signal) => {
  const other = start(['serve', '--port', '0', '--rate', '5/s'])
  const address = await until('the address', () => /http:\/\/[\d.]+:\d+/.exec(other.stdout())?.[0])
  const stream = get(`${address}/stream`)
  const [response] = (await once(stream, 'response')) as [import('node:http').IncomingMessage]
  response.resume()
  const closed = once(response, 'close')
  other.child.kill(signal)
  expect(await other.ended).toMatchObject({ code: 130, signal: null, stderr: '' })
  await closed
})

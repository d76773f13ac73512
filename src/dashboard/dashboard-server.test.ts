import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DashboardServer } from './dashboard-server.js'

const PAGE = { text: '<!doctype html>', policy: "default-src 'none'" }

let server: DashboardServer
let port = 0
const followers: number[] = []
const sockets: Socket[] = []

beforeEach(async () => {
  followers.length = 0
  server = new DashboardServer(PAGE, (count) => followers.push(count))
  port = await server.listen(0)
})

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await server.close()
})

/** A connection that has sent this head, and what came back so far. */
function ask(target: string, headers: Record<string, string> = {}, method = 'GET'): { socket: Socket; text(): string } {
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  let text = ''
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  socket.on('error', () => {})
  const fields = Object.entries({ host: `127.0.0.1:${port}`, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`${method} ${target} HTTP/1.1\r\n${fields.join('')}\r\n`)
  return { socket, text: () => text }
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  for (let looks = 0; looks < 1_000 && !isSo(); looks++) await sleep(10)
  expect(isSo(), what).toBe(true)
}

async function statusOf(target: string, headers?: Record<string, string>, method?: string): Promise<number> {
  const { text } = ask(target, headers, method)
  await until(() => text().includes('\r\n\r\n'), 'an answer')
  return Number(/^HTTP\/1\.1 (\d+)/.exec(text())?.[1])
}

describe('the page', () => {
  test('comes with a policy that forbids all but itself', async () => {
    const { text } = ask('/')
    await until(() => text().endsWith(PAGE.text), 'the page')
    expect(text()).toContain("Content-Security-Policy: default-src 'none'; frame-ancestors 'none'")
    expect(text()).toContain('X-Content-Type-Options: nosniff')
    expect(text()).not.toMatch(/access-control/i)
  })

  test.each<[what: string, headers: Record<string, string>, status: number]>([
    ['the address', {}, 200],
    ['localhost', { host: 'localhost:PORT' }, 200],
    ['a link on another page', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 200],
    ['a name that was made to lead here', { host: 'evil.example:PORT' }, 403],
    ['the address without its port', { host: '127.0.0.1' }, 403],
    ['a page of another site', { origin: 'http://evil.example' }, 403],
    ['a page of another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['a script of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
  ])('asked for by %s: %o is answered with %i', async (_, headers, status) => {
    const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', String(port))]))
    for (const target of ['/', '/events']) expect(await statusOf(target, own)).toBe(status)
  })

  test.each([
    ['POST', '/', 405],
    ['GET', '/../etc/passwd', 404],
    ['GET', '//127.0.0.1/events', 404],
    ['HEAD', '/', 200],
  ])('%s %s is answered with %i', async (method, target, status) => {
    expect(await statusOf(target, {}, method)).toBe(status)
  })
})

describe('events', () => {
  test('begin with the latest view, and end with the end', async () => {
    server.tell('view', '{"view":1}')
    const { socket, text } = ask('/events')
    await until(() => text().includes('event: view\ndata: {"view":1}\n\n'), 'what was told before')
    server.tell('view', '{"view":2}')
    server.tell('end', '{"exitCode":0}')
    const closed = server.close()
    await until(() => text().includes('{"view":2}') && text().includes('event: end\ndata: {"exitCode":0}\n\n'), 'the end')
    await closed
    await until(() => socket.destroyed, 'no connection is left')
  })

  test('are for 8 pages at once, and for others when one has gone', async () => {
    const first = ask('/events')
    for (let count = 1; count < 8; count++) ask('/events')
    await until(() => followers.at(-1) === 8, 'eight follow')
    expect(await statusOf('/events')).toBe(503)
    first.socket.destroy()
    await until(() => followers.at(-1) === 7, 'one has gone')
    expect(await statusOf('/events')).toBe(200)
  })

  test('that a page does not take are not queued, and in the end it is cut off', async () => {
    const { socket } = ask('/events')
    await until(() => followers.at(-1) === 1, 'it follows')
    socket.pause()
    const view = JSON.stringify('x'.repeat(1 << 20))
    for (let count = 0; count < 200 && followers.at(-1) === 1; count++) {
      server.tell('view', view)
      await sleep(1)
    }
    expect(followers.at(-1)).toBe(0)
  })
})

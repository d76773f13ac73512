import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { jsonCodec } from '../feed/codec.js'
import { publishRoute } from './publish-route.js'

const MESSAGE = '{"seq":1,"t":2,"p":3,"data":"x"}'

let appended: string[] = []
const server = createServer(publishRoute(jsonCodec, (text) => appended.push(text.toString())))
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
afterAll(() => server.close())
beforeEach(() => {
  appended = []
})

async function post(body: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  const sent = request({ host: '127.0.0.1', port, method: 'POST', path: '/publish', headers })
  // A server that refuses a long body does not wait for its end.
  sent.on('error', () => {})
  sent.end(body)
  const [response] = await once(sent, 'response')
  response.resume()
  return response.statusCode
}

test('a message is published as it is', async () => {
  expect(await post(MESSAGE)).toBe(204)
  expect(appended).toEqual([MESSAGE])
})

test.each<[what: string, status: number, body: string, headers: Record<string, string>]>([
  ['no message', 400, '{"t":2}', {}],
  ['what a page of another site posts', 403, MESSAGE, { origin: 'http://example.test', 'content-type': 'text/plain' }],
  ['what a page without a site posts', 403, MESSAGE, { origin: 'null' }],
  ['more than a message may be long', 413, MESSAGE.replace('x', 'x'.repeat(1 << 20)), {}],
])('%s is not', async (_, status, body, headers) => {
  expect(await post(body, headers)).toBe(status)
  expect(appended).toEqual([])
})

test('a page of its own may post', async () => {
  expect(await post(MESSAGE, { origin: `http://127.0.0.1:${port}` })).toBe(204)
})

import type { Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDialer } from '../network/dial.js'
import { ScriptedServer } from '../testing/scripted-server.js'
import { pause, until } from '../testing/transport-site.js'
import { HttpClient, type ResponseHandler } from './http-client.js'

let server: ScriptedServer
let sockets: Socket[]
let told: string[]
let handler: ResponseHandler
beforeEach(async () => {
  sockets = []
  told = []
  handler = {
    onStart: (status) => told.push(`start ${status}`),
    onData: (chunk) => told.push(`data ${chunk.toString()}`),
    onEnd: () => told.push('end'),
    onError: () => told.push('error'),
  }
  server = await ScriptedServer.start((socket) => {
    sockets.push(socket)
  })
})
afterEach(() => server.close())

function client(headers: [string, string][] = []): HttpClient {
  const { target } = server
  return new HttpClient({ target, headers, dial: () => createDialer({ ...target, sourceAddresses: [] }).dial() })
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'

test('sends the headers that it is given, those with one name too', async () => {
  const http = client([
    ['user-agent', 'x'],
    ['cookie', 'a=1'],
    ['cookie', 'b=2'],
  ])
  http.get('/a?b=c', handler, ['accept', 'y'])
  await until(() => sockets.length === 1, 'the request has come')
  const lines = server.requests[0]?.split('\r\n') ?? []
  expect([lines[0], lines.filter((line) => /^(user-agent|cookie|accept):/.test(line))]).toEqual([
    'GET /a?b=c HTTP/1.1',
    ['user-agent: x', 'cookie: a=1', 'cookie: b=2', 'accept: y'],
  ])
  await http.close()
})

test('dials again when the connection was lost', async () => {
  const http = client()
  for (let count = 1; count <= 3; count++) {
    http.get('/', handler)
    await until(() => sockets.length === count, 'the request has come')
    sockets.at(-1)?.end(OK)
    await until(() => told.length === 3 * count, 'the answer')
    // The server's side is closed only when the client has seen the end and ended its own.
    await until(() => sockets.at(-1)?.closed === true, 'the connection is gone')
  }
  expect(told).toEqual(Array(3).fill(['start 200', 'data hi', 'end']).flat())
  await http.close()
})

test('tells of nothing that closing cuts off', async () => {
  const http = client()
  http.get('/', handler)
  await until(() => sockets.length === 1, 'the request has come')
  await http.close()
  http.get('/', handler)
  await pause(10)
  expect(told).toEqual([])
})

test('reads on while it closes, so that no byte goes uncounted', async () => {
  const http = client()
  http.get('/', handler)
  await until(() => sockets.length === 1, 'the request has come')
  const [socket] = sockets
  socket?.removeAllListeners('end')
  socket?.write(OK)
  await http.close()
  expect(told).toEqual(['start 200', 'data hi', 'end'])
})

test('what a handler throws comes back as the error of its response, and cuts it off', async () => {
  const http = client()
  handler.onData = () => {
    throw new Error('no more')
  }
  http.get('/', handler)
  await until(() => sockets.length === 1, 'the request has come')
  sockets[0]?.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n')
  await until(() => told.includes('error'), 'the error')
  await until(() => sockets[0]?.destroyed === true, 'the connection is cut')
  expect(told).toEqual(['start 200', 'error'])
  await http.close()
})

test('what waits behind nonsense is not read, even where it would make sense with what came before that', async () => {
  const http = client()
  http.get('/', handler)
  await until(() => sockets.length === 1, 'the request has come')
  sockets[0]?.write('HTTP/1.1 200 OK\r\nX: y\r\n\r')
  await pause(20)
  // Too long for a head, and several reads long: each but the first begins with what the head lacked.
  sockets[0]?.write(`a${'\n'.repeat(1 << 18)}`)
  await until(() => told.length > 0, 'the error')
  await until(() => sockets[0]?.destroyed === true, 'the connection is cut')
  expect(told).toEqual(['error'])
  await http.close()
})

import { describe, expect, it } from 'vitest'
import { FeedbenchError } from '../model/errors.js'
import { placeTrial } from '../runner/placement.js'
import { makePlan, readScenario } from './load.js'

const FLEET = {
  kind: 'test',
  cores: [0],
  descriptorsPerProcess: 4_096,
  portsPerAddress: 20_000,
  addresses: ['127.0.0.1'],
  memoryFreeBytes: 2 ** 34,
  canPin: false,
  clock: { domain: 'test', offsetUs: 0, errorUs: 0 },
}
const scenarioOf = (target: unknown, others: Record<string, unknown> = {}) =>
  JSON.stringify({ name: 'x', feed: { rate: '5/s' }, clients: 2, transports: ['sse'], target, ...others })
const read = (target: unknown, others: Record<string, unknown> = {}, allowRemote = false) =>
  readScenario(scenarioOf(target, others), { file: '/home/me/x.yaml', overrides: { allowRemote } })
const planned = async (target: unknown, others: Record<string, unknown> = {}, allowRemote = false) =>
  makePlan(await read(target, others, allowRemote), FLEET, placeTrial, { seed: 1 }).trials

async function problemsOf(target: unknown, others: Record<string, unknown> = {}): Promise<string[]> {
  try {
    await read(target, others)
    return []
  } catch (error) {
    if (!(error instanceof FeedbenchError)) throw error
    return error.problems.map(({ code, message }) => `${code} ${message}`)
  }
}

describe('a target', () => {
  it('is planned with nothing left to decide', async () => {
    const [trial] = await planned({ command: 'node  server.js {port}', env: { A: 1 }, publish: '/in' })
    expect(trial?.target).toEqual({
      process: { command: ['node', 'server.js', '{port}'], cwd: '/home/me', env: { A: '1' }, portVariable: 'PORT' },
      host: '127.0.0.1',
      port: null,
      ready: { path: null, timeoutUs: 30e6 },
      surface: { path: '/events', cursor: null, poll: null, events: null, protocol: null, send: null },
      publish: { kind: 'post', host: null, port: null, path: '/in', method: 'POST', headers: [], connections: 1 },
    })
    expect(trial?.publisher).toEqual({ place: 'process', outlet: 'POST' })
    expect(trial?.codec).toEqual({ module: 'feedbench:json', pointers: null })
  })

  it('is where it runs already, and publishes by itself where nobody publishes to it', async () => {
    const [trial] = await planned({
      url: 'http://localhost:3000',
      message: { seq: '/id' },
      paths: { sse: { path: '/s', events: ['a'] } },
    })
    expect(trial?.target).toMatchObject({
      process: null,
      host: '127.0.0.1',
      port: 3000,
      publish: null,
      surface: { path: '/s', events: ['a'] },
    })
    expect(trial?.publisher).toEqual({ place: 'server', outlet: 'its own' })
    expect(trial?.codec).toMatchObject({
      module: 'feedbench:pointers',
      pointers: { seq: '/id', time: null, timeUnit: 'ms', clock: 'unix' },
    })
    expect(trial?.load.payloadBytes).toBeNull()
  })

  it('is on another machine only where that is allowed', async () => {
    const target = { url: 'http://198.51.100.7:80', publish: '/in' }
    expect(await problemsOf(target)).toEqual(['E_TARGET_REMOTE expected a server on this machine, got the host "198.51.100.7"'])
    expect((await planned(target, {}, true))[0]?.target?.host).toBe('198.51.100.7')
    expect((await problemsOf({ url: 'http://[::1]:80', publish: { url: 'http://example.org/in' } }))[0]).toMatch(
      /^E_TARGET_REMOTE .*"example\.org"/,
    )
  })

  it('has no secret in what is printed about it', async () => {
    const [problem] = await problemsOf({ url: 'http://me:hunter2@127.0.0.1:80' })
    expect(problem).toMatch(/^E_VALUE expected a URL without user and password/)
    expect(problem).not.toContain('hunter2')
  })

  it.each<[string, unknown, RegExp, Record<string, unknown>?]>([
    ['neither a command nor a url', {}, /^E_MISSING_KEY expected the key command or url, got neither/],
    ['both', { command: 'a', url: 'http://127.0.0.1' }, /^E_VALUE expected either command or url, got both/],
    ['a command for a shell', { command: 'node a.js && b' }, /^E_VALUE expected words between spaces/],
    ['a folder for what is not started', { url: 'http://127.0.0.1', cwd: '.' }, /^E_VALUE expected no cwd beside url/],
    ['a URL with TLS', { url: 'https://127.0.0.1' }, /^E_VALUE expected a URL such as http/],
    [
      'a URL with a path',
      { url: 'http://127.0.0.1:3000/v2' },
      /^E_VALUE expected a URL without a path, which would not be heard/,
    ],
    [
      'what is for posts beside a WebSocket',
      { command: 'a', publish: { websocket: '/b', method: 'PUT' } },
      /^E_VALUE expected no method beside websocket, got "PUT"/,
    ],
    ['no path for a transport', { command: 'a', paths: { websocket: '/ws' } }, /^E_TARGET_TRANSPORT .*none for sse/],
    ['a path for no transport', { command: 'a', paths: { sse: '/s', sss: '/s' } }, /^E_UNKNOWN_KEY .*"sss"/],
    ['a path that is none', { command: 'a', paths: { sse: 'events' } }, /^E_VALUE expected a path that begins with \//],
    ['a pointer that is none', { command: 'a', message: { seq: 'id' } }, /^E_VALUE expected a JSON pointer/],
    [
      'two ways to publish',
      { command: 'a', publish: { path: '/a', websocket: '/b' } },
      /^E_VALUE expected one of path, url and websocket, got path and websocket/,
    ],
    ['no way to publish', { command: 'a', publish: {} }, /^E_VALUE .*got none/],
    [
      'a header of the protocol',
      { command: 'a', publish: { path: '/a', headers: { 'Content-Length': 1 } } },
      /^E_VALUE expected no header that belongs to the protocol/,
    ],
    ['a time where we publish', { command: 'a', publish: '/a', message: { time: '/t' } }, /^E_VALUE expected no time/],
    ['our time where it publishes', { command: 'a', message: { published: '/p' } }, /^E_VALUE expected no published/],
    ['pointers and a codec', { command: 'a', message: {}, codec: './none.mjs' }, /^E_VALUE expected either message or codec/],
    ['a codec that is not there', { command: 'a', codec: './none.mjs' }, /^E_CODEC expected a module that loads/],
    [
      'a payload of what it publishes by itself',
      { command: 'a' },
      /^E_VALUE expected no feed\.payload/,
      { feed: { rate: '5/s', payload: '200B' } },
    ],
    ['slow readers of it', { command: 'a' }, /^E_VALUE expected no slowReaders/, { slowReaders: {} }],
    [
      'the newest only of it',
      { command: 'a', paths: { polling: '/p' } },
      /^E_VALUE expected mode: all/,
      { transports: [{ polling: { mode: 'latest' } }] },
    ],
  ])('with %s is refused', async (_, target, expected, others = {}) => {
    const problems = await problemsOf(target, others)
    expect(problems.filter((problem) => expected.test(problem))).toHaveLength(1)
  })
})

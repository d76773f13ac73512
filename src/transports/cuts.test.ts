import type { Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../measure/clock.js'
import { HeapTimers } from '../measure/timers.js'
import { createDialer } from '../network/dial.js'
import { GOOD_ANSWERS as ANSWERS, TEXTS } from '../testing/good-answers.js'
import { RecordedClient } from '../testing/recorded-client.js'
import { cutAt, ScriptedServer, writeParts } from '../testing/scripted-server.js'
import { until } from '../testing/transport-site.js'
import { builtInTransports } from './registry.js'

describe.each(builtInTransports.map((descriptor) => [descriptor.name, descriptor] as const))('%s', (name, descriptor) => {
  let server: ScriptedServer
  let cut: (bytes: Buffer) => Buffer[]
  beforeEach(async () => {
    const answered = new Set<Socket>()
    server = await ScriptedServer.start((socket, request) => {
      // A second request of a connection is held for ever.
      if (answered.has(socket)) return
      answered.add(socket)
      // What a client says over a WebSocket is its close frame.
      if (name === 'websocket') socket.once('data', () => socket.end())
      return writeParts(socket, cut((ANSWERS[name] as (request: string) => Buffer)(request)))
    })
  })
  afterEach(() => server.close())

  async function received(): Promise<string[]> {
    const { open } = await descriptor.client()
    const client = new RecordedClient()
    const { target } = server
    client.session = open(
      {
        index: 0,
        options: descriptor.optionsSchema.parse({}),
        target,
        after: 0,
        dial: () => createDialer({ ...target, sourceAddresses: [] }).dial(),
        clock: systemClock,
        timers: new HeapTimers(),
        headers: [],
        phase: 0,
        epochUs: 0,
        shared: new Map(),
      },
      client,
    )
    await until(() => client.texts.length >= TEXTS.length || client.losses.length > 0, 'the messages')
    await client.session.close()
    expect(client.losses).toEqual([])
    return client.texts
  }

  test('finds the same messages in one piece', async () => {
    cut = (bytes) => [bytes]
    expect(await received()).toEqual(TEXTS)
  })

  test('finds the same messages byte by byte', async () => {
    cut = (bytes) => Array.from(bytes, (byte) => Buffer.from([byte]))
    expect(await received()).toEqual(TEXTS)
  })

  test('finds the same messages cut in two at every place where a message is', async () => {
    const length = (ANSWERS[name] as (request: string) => Buffer)('').length
    const from = (ANSWERS[name] as (request: string) => Buffer)('').indexOf('{"seq":1')
    // One connection after the other: every place is far more than a random cut would find.
    for (let place = from; place < length; place++) {
      cut = (bytes) => cutAt(bytes, [place])
      expect(await received(), `cut at ${place}`).toEqual(TEXTS)
    }
  })

  test('finds the same messages wherever they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(600), { minLength: 1, maxLength: 12 }), async (places) => {
        cut = (bytes) => cutAt(bytes, places)
        expect(await received()).toEqual(TEXTS)
      }),
      { numRuns: 40 },
    )
  })
})

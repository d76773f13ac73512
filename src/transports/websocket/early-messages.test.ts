import { expect, test } from 'vitest'
import { systemClock } from '../../measure/clock.js'
import { HeapTimers } from '../../measure/timers.js'
import { createDialer } from '../../network/dial.js'
import { GOOD_ANSWERS, TEXTS } from '../../testing/good-answers.js'
import { RecordedClient } from '../../testing/recorded-client.js'
import { ScriptedServer } from '../../testing/scripted-server.js'
import { until } from '../../testing/transport-site.js'
import { websocket } from './descriptor.js'

test.each(['off', 'on'])(
  'messages that come with the answer to the upgrade are not lost, with compression %s',
  async (compression) => {
    // A server may decline the compression that is offered.
    const server = await ScriptedServer.start((socket, request) => {
      socket.write((GOOD_ANSWERS.websocket as (request: string) => Buffer)(request))
      socket.once('data', () => socket.end())
    })
    const { target } = server
    const client = new RecordedClient()
    const { open } = await websocket.client()
    client.session = open(
      {
        index: 0,
        options: websocket.optionsSchema.parse({ compression }),
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
    await until(() => client.texts.length === TEXTS.length, 'the messages')
    expect([client.texts, client.losses]).toEqual([TEXTS, []])
    expect(client.arrivals.every(({ receivedUs }) => receivedUs > 0)).toBe(true)
    await client.session.close()
    await server.close()
  },
)

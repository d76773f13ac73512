import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../measure/clock.js'
import { HeapTimers } from '../measure/timers.js'
import { createDialer } from '../network/dial.js'
import { GOOD_ANSWERS, TEXTS } from '../testing/good-answers.js'
import { RecordedClient } from '../testing/recorded-client.js'
import { ScriptedServer } from '../testing/scripted-server.js'
import { until } from '../testing/transport-site.js'
import { builtInTransports } from './registry.js'

/** A good answer that ends at every one of its bytes: the client is lost once, has whole messages only, and leaves nothing open. */

const POLLS = new Set(['polling', 'long-polling'])
/** Connections at a time. */
const TOGETHER = 25

describe.each(builtInTransports.map((descriptor) => [descriptor.name, descriptor] as const))('%s', (name, descriptor) => {
  const answer = GOOD_ANSWERS[name] as (request: string) => Buffer
  const ENDS = { is: 'ended' as 'ended' | 'reset' }
  let server: ScriptedServer
  beforeEach(async () => {
    server = await ScriptedServer.start((socket, request) => {
      const length = Number(/after=(\d+)|last-event-id: (\d+)/i.exec(request)?.slice(1).find(Boolean))
      const bytes = answer(request).subarray(0, length)
      if (ENDS.is === 'ended') socket.end(bytes)
      else socket.write(bytes, () => setImmediate(() => socket.resetAndDestroy()))
    })
  })
  afterEach(() => server.close())

  /** The cursor tells the server how much to say. */
  async function clientAfter(length: number): Promise<RecordedClient> {
    const { open } = await descriptor.client()
    const client = new RecordedClient()
    const { target } = server
    const dialled: { closed: boolean }[] = []
    client.session = open(
      {
        index: 0,
        options: descriptor.optionsSchema.parse({}),
        target,
        after: length,
        dial() {
          const socket = createDialer({ ...target, sourceAddresses: [] }).dial()
          dialled.push(socket)
          return socket
        },
        clock: systemClock,
        timers: new HeapTimers(),
        headers: [],
        phase: 0,
        epochUs: 0,
        shared: new Map(),
      },
      client,
    )
    await until(() => client.losses.length > 0, `the loss at ${length}`)
    await client.session.close()
    await until(() => dialled.every(({ closed }) => closed), 'its socket is closed')
    return client
  }

  test.each(['ended', 'reset'] as const)('%s', async (how) => {
    ENDS.is = how
    const whole = answer('').length
    const lengths = Array.from({ length: whole - 1 }, (_, index) => index + 1)
    for (let first = 0; first < lengths.length; first += TOGETHER) {
      const some = lengths.slice(first, first + TOGETHER)
      const clients = await Promise.all(some.map(clientAfter))
      for (const [index, { texts, losses, failures }] of clients.entries()) {
        const what = `at ${some[index]}`
        expect(losses, what).toHaveLength(1)
        expect(failures, what).toEqual([])
        expect(texts, what).toEqual(TEXTS.slice(0, texts.length))
        if (POLLS.has(name)) expect(texts, what).toEqual([])
      }
      // The last byte of all is the end of a line, of a chunk or of a frame.
      if (how === 'ended' && !POLLS.has(name) && some.includes(whole - 1))
        expect(clients.at(-1)?.texts.length).toBeGreaterThanOrEqual(2)
    }
  })
})

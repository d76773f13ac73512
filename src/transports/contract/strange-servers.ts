import assert from 'node:assert/strict'
import { NONSENSE } from './awkward.js'
import type { Clause } from './clause.js'
import { OneAnswerServer } from './one-answer-server.js'
import type { RecordedClient } from './recorded-client.js'
import type { TransportSite } from './site.js'

/** What a client does where the server is not what it ought to be. */
export const strangeServerClauses: readonly Clause[] = [
  ...Object.entries(NONSENSE).map(
    ([what, answer]): Clause => ({
      name: `ends as lost where the server answers with ${what}`,
      check: ({ site }) =>
        OneAnswerServer.during(answer, async (server) => {
          const client = connectTo(site, server.target)
          await site.until(() => client.losses.length > 0, 'it is lost')
          await site.within(client.session.close(), 'the session is closed')
          assert.equal(client.losses.length, 1, 'times that it was lost')
          assert.deepEqual(client.texts, [])
          assert.equal(site.counted.pending, 0, 'timers left')
        }),
    }),
  ),
  {
    name: 'ends as lost where nobody listens',
    async check({ site }) {
      // A port that no server is given that asks for any: one that was just free may be somebody else's by now.
      const client = connectTo(site, { host: '127.0.0.1', port: 1 })
      await site.until(() => client.losses.length > 0, 'it is lost')
      await site.within(client.session.close(), 'the session is closed')
      assert.equal(client.losses.length, 1, 'times that it was lost')
      assert.deepEqual(client.cursors, [])
    },
  },
  {
    name: 'closes where the server never answers, and was not subscribed',
    check: ({ site }) =>
      OneAnswerServer.during(null, async (server) => {
        const client = connectTo(site, server.target)
        await site.until(() => server.requests.length === 1, 'it asks')
        await site.within(client.session.close(), 'the session is closed')
        await site.until(() => server.connections === 0, 'no connection is left')
        assert.deepEqual([client.cursors, client.losses], [[], []])
        assert.equal(site.counted.pending, 0, 'timers left')
      }),
  },
  {
    name: 'sends the request headers that it is given',
    check: ({ site }) =>
      OneAnswerServer.during(null, async (server) => {
        const client = connectTo(site, server.target, { headers: [['x-of-the-scenario', 'as it says']] })
        await site.until(() => server.requests.length === 1, 'it asks')
        await site.within(client.session.close(), 'the session is closed')
        assert.match(server.requests[0] ?? '', /\r\nx-of-the-scenario: as it says\r\n/i)
      }),
  },
]

function connectTo(
  site: TransportSite,
  target: { host: string; port: number },
  context: { headers?: [name: string, value: string][] } = {},
): RecordedClient {
  return site.connect(null, { target, dial: () => site.dialTo(target), ...context })
}

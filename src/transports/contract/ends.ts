import assert from 'node:assert/strict'
import type { Clause } from './clause.js'
import { pause } from './patience.js'

const MOMENTS = [
  ['before it is connected', 0],
  ['while it connects', 1],
  ['when it has had messages', 40],
] as const

/** A client ends when it is told to, leaving nothing behind, and says so when it is ended by others. */
export const endClauses: readonly Clause[] = [
  ...MOMENTS.map(
    ([moment, afterMs]): Clause => ({
      name: `closes ${moment}, and leaves no socket and no timer`,
      async check({ site }) {
        const client = site.connect()
        site.publish(10)
        if (afterMs > 0) await pause(afterMs)
        if (afterMs > 1) await site.until(() => client.cursors.length === 1, 'it is subscribed')
        site.publish(10)
        await site.within(client.session.close(), 'the session is closed')
        const told = JSON.stringify(client)
        await site.until(() => site.server.connections === 0, 'no connection is left')
        site.publish(10)
        await pause(30)
        assert.equal(JSON.stringify(client), told, 'what it has told changed after it was closed')
        assert.deepEqual(client.losses, [], 'it was closed, not lost')
        assert.equal(site.counted.pending, 0, 'timers left')
      },
    }),
  ),
  {
    name: 'may be closed twice, and at any moment while the feed goes on',
    async check({ site }) {
      const clients = Array.from({ length: 30 }, () => site.connect())
      for (const client of clients) {
        site.publish(2)
        await pause(1)
        void client.session.close()
      }
      await site.within(Promise.all(clients.map(({ session }) => session.close())), 'every session is closed')
      await site.until(() => site.server.connections === 0, 'no connection is left')
      assert.deepEqual(
        clients.flatMap(({ losses }) => losses),
        [],
      )
      assert.equal(site.counted.pending, 0, 'timers left')
    },
  },
  ...(['cut', 'close'] as const).map(
    (end): Clause => ({
      name: `says once that it is lost when its connection is ended by ${end}, and not after it has closed`,
      needs: 'push',
      async check({ site }) {
        const [client, closed] = await Promise.all([site.connected(), site.connected()])
        await site.within(closed.session.close(), 'the session is closed')
        await (end === 'cut' ? site.cut() : site.server.close())
        await site.until(() => client.losses.length > 0, 'it is lost')
        await site.within(client.session.close(), 'the session is closed')
        assert.deepEqual(
          [client.losses.length, closed.losses.length],
          [1, 0],
          'times that it was lost, and that the closed one was',
        )
      },
    }),
  ),
  {
    name: 'asks again by itself when the connection is cut, and misses nothing',
    needs: 'pull',
    async check({ site }) {
      const client = await site.connected()
      const texts = site.publish(2)
      await site.until(() => client.texts.length === 2, 'the first messages')
      site.cut()
      texts.push(...site.publish(3))
      await site.until(() => client.texts.length >= 5, 'the messages after the cut')
      assert.deepEqual(client.texts, texts)
      assert.deepEqual(client.losses, [])
      assert.equal(site.dialer.dialled, 2, 'sockets dialled')
    },
  },
]

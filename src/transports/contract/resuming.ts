import assert from 'node:assert/strict'
import type { Clause } from './clause.js'
import { pause } from './patience.js'

/** A client that comes back goes on at its cursor. */
export const resumeClauses: readonly Clause[] = [
  {
    name: 'resumes after a cursor',
    needs: 'resume',
    async check({ site }) {
      const texts = site.publish(10)
      const client = await site.connected(4)
      texts.push(...site.publish(2))
      await site.until(() => client.texts.length >= 8, 'what comes after the cursor')
      assert.deepEqual(client.texts, texts.slice(4))
    },
  },
  {
    name: 'is subscribed when it resumes at the newest, where there is nothing to say',
    needs: 'resume',
    async check({ site }) {
      site.publish(10)
      const client = await site.connected(10)
      const texts = site.publish(1)
      await site.until(() => client.texts.length >= 1, 'the message after')
      assert.deepEqual([client.texts, client.cursors.length], [texts, 1])
    },
  },
  {
    name: 'waits at a cursor that the feed has not reached',
    needs: 'resume',
    async check({ site }) {
      site.publish(1)
      const client = await site.connected(3)
      for (let count = 0; count < 3; count++) {
        site.publish(1)
        await pause(5)
      }
      await site.until(() => client.texts.length >= 1, 'the message after the cursor')
      assert.deepEqual(client.seqs, [4])
    },
  },
  {
    name: 'gets all that came while it was away',
    needs: 'resume',
    async check({ site }) {
      const first = await site.connected()
      const texts = site.publish(4)
      await site.until(() => first.texts.length === 4, 'the first messages')
      await site.within(first.session.close(), 'the session is closed')
      texts.push(...site.publish(6))
      const second = await site.connected(4)
      await site.until(() => second.texts.length >= 6, 'the messages in between')
      assert.deepEqual([...first.texts, ...second.texts], texts)
    },
  },
  {
    name: 'goes on at the oldest kept where its cursor is evicted, and the server counts the gap',
    needs: 'resume',
    async check({ siteWith }) {
      const small = await siteWith({ messages: 10, bytes: 1 << 20 })
      small.publish(30)
      const client = await small.connected(5)
      await small.until(() => client.texts.length >= 10, 'what the log has kept')
      assert.deepEqual(client.seqs, [21, 22, 23, 24, 25, 26, 27, 28, 29, 30])
      assert.equal(small.mounted.counters().evicted, 15, 'messages evicted')
    },
  },
  {
    name: 'brings a backlog of 1,500 messages whole',
    needs: 'resume',
    async check({ site, capabilities }) {
      const texts = site.publish(1_500)
      const client = await site.connected(0)
      await site.until(() => client.texts.length >= texts.length, 'all messages')
      assert.deepEqual(client.texts, texts)
      if (capabilities.pull) assert.deepEqual(client.answers.slice(0, 2), [1_000, 500], 'messages in each answer')
    },
  },
]

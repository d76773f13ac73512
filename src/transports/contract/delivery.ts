import assert from 'node:assert/strict'
import { systemClock } from '../../measure/clock.js'
import { AWKWARD_CONTENTS } from './awkward.js'
import type { Clause } from './clause.js'
import { pause } from './patience.js'

/** Lengths around those at which a frame or a read changes, in bytes. */
const LENGTHS = [60, 99, 100, 124, 125, 126, 127, 255, 256, 4_095, 4_096, 16_384, 65_534, 65_535, 65_536, 65_537, 1 << 20]

/** Messages come whole, once, in order, and with the time at which they came. */
export const deliveryClauses: readonly Clause[] = [
  {
    name: 'starts at the newest message without a cursor',
    async check({ site }) {
      site.publish(5)
      const client = await site.connected()
      const texts = site.publish(3)
      await site.until(() => client.texts.length >= 3, 'three messages')
      assert.deepEqual(client.texts, texts)
    },
  },
  {
    name: 'delivers every message once and in order, byte for byte',
    async check({ site }) {
      const client = await site.connected()
      const texts: string[] = []
      for (let turn = 0; turn < 40; turn++) {
        texts.push(...site.publish(turn % 4, (seq) => JSON.stringify(AWKWARD_CONTENTS[seq % AWKWARD_CONTENTS.length])))
        await pause(turn % 3)
      }
      await site.until(() => client.texts.length >= texts.length, 'all messages')
      assert.deepEqual(client.texts, texts)
      assert.deepEqual(client.failures, [])
    },
  },
  {
    name: 'delivers messages of every length that changes a frame',
    async check({ site }) {
      const client = await site.connected(0)
      const texts = LENGTHS.map((length) => site.publishBytes(length))
      assert.deepEqual(
        texts.map(({ length }) => length),
        LENGTHS,
      )
      await site.until(() => client.texts.length >= texts.length, 'all messages')
      const spoilt = LENGTHS.filter((_, index) => client.texts[index] !== texts[index])
      assert.deepEqual(spoilt, [], 'these lengths did not come as they were sent')
    },
  },
  {
    name: 'says when each message arrived, never later than it is told of',
    async check({ site }) {
      const client = await site.connected()
      for (let count = 1; count <= 10; count++) {
        const publishedUs = systemClock.nowUs()
        site.publish(1)
        await site.until(() => client.arrivals.length === count, 'a message')
        const { receivedUs, readUs, lagUs } = client.arrivals[count - 1] ?? { receivedUs: 0, readUs: 0, lagUs: -1 }
        assert.ok(receivedUs <= readUs, 'it was received before it was read')
        assert.ok(readUs >= publishedUs, 'the arrival is not that of the bytes which brought the message, but older')
        assert.ok(readUs <= (client.toldUs[count - 1] ?? 0), 'it was told of before it was read')
        assert.ok(Number.isSafeInteger(lagUs) && lagUs >= 0, `expected whole microseconds of lag, got ${lagUs}`)
      }
      site.publish(20)
      await site.until(() => client.arrivals.length === 30, 'all messages')
      const times = client.arrivals.map(({ receivedUs }) => receivedUs)
      assert.ok(
        times.every((us) => Number.isSafeInteger(us) && us > 0),
        'expected whole microseconds',
      )
      assert.deepEqual(
        [...times].sort((left, right) => left - right),
        times,
      )
    },
  },
  {
    name: 'brings 1,500 messages of one turn whole, which is more than a response may carry',
    async check({ site }) {
      const client = await site.connected()
      const texts = site.publish(1_500)
      await site.until(() => client.texts.length >= texts.length, 'all messages')
      assert.deepEqual(client.texts, texts)
    },
  },
  {
    name: 'serves 50 clients that come at once',
    async check({ site }) {
      const clients = Array.from({ length: 50 }, () => site.connect())
      await site.until(() => clients.every(({ cursors }) => cursors.length === 1), 'all are subscribed')
      const texts = site.publish(5)
      await site.until(() => clients.every((client) => client.texts.length >= 5), 'all have all')
      for (const client of clients) assert.deepEqual(client.texts, texts)
      assert.equal(site.dialer.dialled, 50, 'sockets dialled')
    },
  },
  {
    name: 'counts at the client exactly the bytes that the server counts, in both directions',
    async check({ site }) {
      const [first, second, last] = await Promise.all([site.connected(), site.connected(), site.connected(0)])
      for (let turn = 0; turn < 30; turn++) {
        site.publish(3, (seq) => `"${'y'.repeat((seq * 997) % 5_000)}"`)
        // Two are closed while the feed goes on.
        if (turn === 15) void first.session.close()
        if (turn === 20) void second.session.close()
        await pause(1)
      }
      await site.until(() => last.texts.length === 90, 'all messages')
      await site.within(Promise.all(site.clients.map(({ session }) => session.close())), 'every session is closed')
      await site.until(() => site.server.connections === 0, 'no connection is left')
      const { received, sent } = site.dialer.totals
      assert.deepEqual({ read: sent, written: received }, site.serverBytes)
      assert.ok(sent > 0, 'nothing was sent through a socket that was dialled')
    },
  },
  {
    name: 'counts the heads of requests and responses apart, where it counts them',
    async check({ site }) {
      const client = await site.connected()
      for (let turn = 0; turn < 10; turn++) {
        site.publish(2)
        await site.until(() => client.texts.length === 2 * turn + 2, 'the messages')
      }
      await site.within(client.session.close(), 'the session is closed')
      await site.until(() => site.server.connections === 0, 'no connection is left')
      const { headers, received, sent } = site.dialer.totals
      if (headers === null) return
      const ofResponses = site.responseHeadBytes
      // Whatever a client sends is heads, or frames of its own.
      assert.ok(headers >= ofResponses, `expected at least the ${ofResponses} bytes of the responses' heads, got ${headers}`)
      assert.ok(
        headers <= ofResponses + sent,
        `expected at most ${ofResponses} bytes and the ${sent} that were sent, got ${headers}`,
      )
      const payload = client.texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
      assert.ok(received + sent - payload - headers >= 0, 'heads and messages are more than what came and went')
    },
  },
]

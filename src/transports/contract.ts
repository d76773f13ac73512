import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AWKWARD_CONTENTS, NONSENSE } from '../testing/nonsense.js'
import { ScriptedServer } from '../testing/scripted-server.js'
import { pause, TransportSite, until } from '../testing/transport-site.js'
import type { TransportDescriptor } from './transport.js'

export interface ContractOptions {
  /** The transport's options for these cases, as a scenario writes them: it should be quick. */
  options?: Record<string, unknown>
}

/** What every transport must do, whatever it is made of. A plug-in's author calls this with the plug-in's descriptor. */
export function describeTransport<Options extends object>(
  descriptor: TransportDescriptor<Options>,
  { options = {} }: ContractOptions = {},
): void {
  const { name, capabilities } = descriptor

  const set = Object.entries(options).map(([option, value]) => `${option}=${String(value)}`)
  describe([`the transport ${name}`, ...set].join(' '), () => {
    let site: TransportSite
    beforeEach(async () => {
      site = await TransportSite.start(descriptor, { options })
    })
    afterEach(() => site.close())

    test('starts at the newest message without a cursor', async () => {
      site.publish(5)
      const client = await site.connected()
      const texts = site.publish(3)
      await until(() => client.texts.length >= 3, 'three messages')
      expect(client.texts).toEqual(texts)
    })

    test('delivers every message once and in order, byte for byte', async () => {
      const client = await site.connected()
      const texts: string[] = []
      for (let turn = 0; turn < 40; turn++) {
        texts.push(...site.publish(turn % 4, (seq) => JSON.stringify(AWKWARD_CONTENTS[seq % AWKWARD_CONTENTS.length])))
        await pause(turn % 3)
      }
      await until(() => client.texts.length >= texts.length, 'all messages')
      expect(client.texts).toEqual(texts)
      expect(client.failures).toEqual([])
    })

    test('delivers messages of every length that changes a frame', async () => {
      const client = await site.connected(0)
      const lengths = [60, 99, 100, 124, 125, 126, 127, 255, 256, 4_095, 4_096, 16_384, 65_534, 65_535, 65_536, 65_537, 1 << 20]
      const texts = lengths.map((length) => site.publishBytes(length))
      expect(texts.map(({ length }) => length)).toEqual(lengths)
      await until(() => client.texts.length >= texts.length, 'all messages')
      expect(client.texts.map((text, index) => text === texts[index])).toEqual(lengths.map(() => true))
    })

    test('says when each message arrived, never later than it is told of', async () => {
      const client = await site.connected()
      site.publish(20)
      await until(() => client.arrivals.length === 20, 'all messages')
      const times = client.arrivals.map(({ receivedUs }) => receivedUs)
      expect(times.every((us) => Number.isSafeInteger(us) && us > 0)).toBe(true)
      expect([...times].sort((left, right) => left - right)).toEqual(times)
    })

    test('resumes after a cursor', async ({ skip }) => {
      skip(!capabilities.resume, 'it cannot resume')
      const texts = site.publish(10)
      const client = await site.connected(4)
      texts.push(...site.publish(2))
      await until(() => client.texts.length >= 8, 'what comes after the cursor')
      expect(client.texts).toEqual(texts.slice(4))
    })

    test('is subscribed when it resumes at the newest, where there is nothing to say', async ({ skip }) => {
      skip(!capabilities.resume, 'it cannot resume')
      site.publish(10)
      const client = await site.connected(10)
      const texts = site.publish(1)
      await until(() => client.texts.length >= 1, 'the message after')
      expect([client.texts, client.cursors.length]).toEqual([texts, 1])
    })

    test('waits at a cursor that the feed has not reached', async ({ skip }) => {
      skip(!capabilities.resume, 'it cannot resume')
      site.publish(1)
      const client = await site.connected(3)
      for (let count = 0; count < 3; count++) {
        site.publish(1)
        await pause(5)
      }
      await until(() => client.texts.length >= 1, 'the message after the cursor')
      expect(client.seqs).toEqual([4])
    })

    test('gets all that came while it was away', async ({ skip }) => {
      skip(!capabilities.resume, 'it cannot resume')
      const first = await site.connected()
      const texts = site.publish(4)
      await until(() => first.texts.length === 4, 'the first messages')
      await first.session.close()
      texts.push(...site.publish(6))
      const second = await site.connected(4)
      await until(() => second.texts.length >= 6, 'the messages in between')
      expect([...first.texts, ...second.texts]).toEqual(texts)
    })

    test('goes on at the oldest kept where its cursor is evicted, and the server counts the gap', async ({ skip }) => {
      skip(!capabilities.resume, 'it cannot resume')
      const small = await TransportSite.start(descriptor, { options, limits: { messages: 10, bytes: 1 << 20 } })
      try {
        small.publish(30)
        const client = await small.connected(5)
        await until(() => client.texts.length >= 10, 'what the log has kept')
        expect(client.seqs).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29, 30])
        expect(small.mounted.counters().evicted).toBe(15)
      } finally {
        await small.close()
      }
    })

    test('brings 1,500 messages of one turn whole, which is more than a response may carry', async () => {
      const client = await site.connected()
      const texts = site.publish(1_500)
      await until(() => client.texts.length >= texts.length, 'all messages')
      expect(client.texts).toEqual(texts)
    })

    test('brings a backlog of 1,500 messages whole', async ({ skip }) => {
      skip(!capabilities.resume, 'it cannot resume')
      const texts = site.publish(1_500)
      const client = await site.connected(0)
      await until(() => client.texts.length >= texts.length, 'all messages')
      expect(client.texts).toEqual(texts)
      if (capabilities.pull) expect(client.answers.slice(0, 2)).toEqual([1_000, 500])
    })

    test('serves 50 clients that come at once', async () => {
      const clients = Array.from({ length: 50 }, () => site.connect())
      await until(() => clients.every(({ cursors }) => cursors.length === 1), 'all are subscribed')
      const texts = site.publish(5)
      await until(() => clients.every((client) => client.texts.length >= 5), 'all have all')
      for (const client of clients) expect(client.texts).toEqual(texts)
      expect(site.dialer.dialled).toBe(50)
    })

    test('counts at the client exactly the bytes that the server counts, in both directions', async () => {
      const [first, second, last] = await Promise.all([site.connected(), site.connected(), site.connected(0)])
      for (let turn = 0; turn < 30; turn++) {
        site.publish(3, (seq) => `"${'y'.repeat((seq * 997) % 5_000)}"`)
        // Two are closed while the feed goes on.
        if (turn === 15) void first.session.close()
        if (turn === 20) void second.session.close()
        await pause(1)
      }
      await until(() => last.texts.length === 90, 'all messages')
      await Promise.all(site.clients.map(({ session }) => session.close()))
      await until(() => site.server.connections === 0, 'no connection is left')
      const { received, sent } = site.dialer.totals
      expect({ read: sent, written: received }).toEqual(site.serverBytes)
      expect(sent).toBeGreaterThan(0)
    })

    test.each([
      ['before it is connected', 0],
      ['while it connects', 1],
      ['when it has had messages', 40],
    ])('closes %s, and leaves no socket and no timer', async (_, afterMs) => {
      const client = site.connect()
      site.publish(10)
      if (afterMs > 0) await pause(afterMs)
      if (afterMs > 1) await until(() => client.cursors.length === 1, 'it is subscribed')
      site.publish(10)
      await client.session.close()
      const told = JSON.stringify(client)
      await until(() => site.server.connections === 0, 'no connection is left')
      site.publish(10)
      await pause(30)
      expect(JSON.stringify(client)).toBe(told)
      expect(client.losses).toEqual([])
      expect(site.counted.pending).toBe(0)
    })

    test('may be closed twice, and at any moment while the feed goes on', async () => {
      const clients = Array.from({ length: 30 }, () => site.connect())
      for (const client of clients) {
        site.publish(2)
        await pause(1)
        void client.session.close()
      }
      await Promise.all(clients.map(({ session }) => session.close()))
      await until(() => site.server.connections === 0, 'no connection is left')
      expect(clients.flatMap(({ losses }) => losses)).toEqual([])
      expect(site.counted.pending).toBe(0)
    })

    for (const end of ['cut', 'close'] as const) {
      test(`says once that it is lost when its connection is ended by ${end}, and not after it has closed`, async ({ skip }) => {
        skip(!capabilities.push, 'it asks again by itself')
        const [client, closed] = await Promise.all([site.connected(), site.connected()])
        await closed.session.close()
        await (end === 'cut' ? site.cut() : site.server.close())
        await until(() => client.losses.length > 0, 'it is lost')
        await client.session.close()
        expect([client.losses.length, closed.losses.length]).toEqual([1, 0])
      })
    }

    test('asks again by itself when the connection is cut, and misses nothing', async ({ skip }) => {
      skip(!capabilities.pull, 'it does not ask')
      const client = await site.connected()
      const texts = site.publish(2)
      await until(() => client.texts.length === 2, 'the first messages')
      site.cut()
      texts.push(...site.publish(3))
      await until(() => client.texts.length >= 5, 'the messages after the cut')
      expect(client.texts).toEqual(texts)
      expect(client.losses).toEqual([])
      expect(site.dialer.dialled).toBe(2)
    })

    test.each(Object.entries(NONSENSE))('ends as lost where the server answers with %s', async (_, answer) => {
      const scripted = await ScriptedServer.start((socket) => {
        socket.end(answer, 'latin1')
      })
      try {
        const client = site.connect(null, { target: scripted.target, dial: () => site.dialTo(scripted.target) })
        await until(() => client.losses.length > 0, 'it is lost')
        await client.session.close()
        expect(client.losses).toHaveLength(1)
        expect(client.texts).toEqual([])
        expect(site.counted.pending).toBe(0)
      } finally {
        await scripted.close()
      }
    })

    test('ends as lost where nobody listens', async () => {
      const scripted = await ScriptedServer.start(() => {})
      const { target } = scripted
      await scripted.close()
      const client = site.connect(null, { target, dial: () => site.dialTo(target) })
      await until(() => client.losses.length > 0, 'it is lost')
      await client.session.close()
      expect(client.losses).toHaveLength(1)
      expect(client.cursors).toEqual([])
    })
  })
}

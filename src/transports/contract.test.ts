import { describe, expect, test } from 'vitest'
import { createDialer } from '../network/dial.js'
import { transportContract } from './contract/contract.js'
import { httpStreaming } from './http-streaming/descriptor.js'
import { polling } from './polling/descriptor.js'
import { builtInTransports } from './registry.js'
import type { ClientContext, ClientSink, OpenClient, Session, TransportDescriptor } from './transport.js'

/** The suite must be able to fail: transports that are in order but for one thing, and the case that finds it. */

type AnyOpen = (context: ClientContext<never>, sink: ClientSink) => Session
type Flaw = (open: AnyOpen) => AnyOpen

/** HTTP streaming, or another, with a client that has a flaw. */
function flawed(flaw: Flaw, descriptor: TransportDescriptor<never> = httpStreaming as never): TransportDescriptor<never> {
  return {
    ...descriptor,
    client: async () => ({ open: flaw((await descriptor.client()).open as AnyOpen) as OpenClient<never> }),
  }
}

/** With a sink that does something else with what it is told. */
function telling(change: (sink: ClientSink, context: ClientContext<never>) => Partial<ClientSink>): Flaw {
  return (open) => (context, sink) => {
    const forwarding: ClientSink = {
      subscribed: (cursor) => sink.subscribed(cursor),
      message: (text, arrival, latestOnly) => sink.message(text, arrival, latestOnly),
      requested: (us) => sink.requested(us),
      answered: (messages) => sink.answered(messages),
      requestFailed: (error) => sink.requestFailed(error),
      skipped: (us) => sink.skipped(us),
      lost: (error) => sink.lost(error),
    }
    return open(context, { ...forwarding, ...change(sink, context) })
  }
}

/** What comes of each case, by its name: `null` or why it failed. */
async function outcomes(
  descriptor: TransportDescriptor<never>,
  which: RegExp = /./,
  options = {},
): Promise<Map<string, string | null>> {
  const cases = transportContract(descriptor, { options, patienceMs: 1_000 }).filter(
    ({ name, skip }) => skip === undefined && which.test(name),
  )
  const ended = await Promise.all(
    cases.map(
      async ({ name, run }) =>
        [
          name,
          await run().then(
            () => null,
            (error: Error) => error.message,
          ),
        ] as const,
    ),
  )
  return new Map(ended)
}

const EVERY_MESSAGE = /^delivers every message once/
const ARRIVED = /^says when each message arrived/
const CLOSES = /^closes when it has had messages/

const dropsOne: Flaw = telling((sink) => {
  let count = 0
  return { message: (...message) => (++count === 7 ? undefined : sink.message(...message)) }
})
const repeatsOne: Flaw = telling((sink) => {
  let count = 0
  return {
    message(...message) {
      if (++count === 7) sink.message(...message)
      sink.message(...message)
    },
  }
})
const swapsTwo: Flaw = telling((sink) => {
  let count = 0
  let held: Parameters<ClientSink['message']> | undefined
  return {
    message(...message) {
      if (++count === 7) {
        held = message
        return
      }
      sink.message(...message)
      if (held !== undefined) sink.message(...held)
      held = undefined
    },
  }
})
const spoilsBytes: Flaw = telling((sink) => ({
  message: (text, arrival) => sink.message(Buffer.from(text.toString('latin1')), arrival),
}))
const oldArrival: Flaw = telling((sink) => {
  let first: Parameters<ClientSink['message']>[1] | undefined
  return {
    message(text, arrival) {
      first ??= arrival
      sink.message(text, first)
    },
  }
})
const arrivalToCome: Flaw = telling((sink) => ({
  message: (text, { receivedUs, readUs, lagUs }) =>
    sink.message(text, { receivedUs: receivedUs + 1e6, readUs: readUs + 1e6, lagUs }),
}))
const lostTwice: Flaw = telling((sink) => ({
  lost(error) {
    sink.lost(error)
    sink.lost(error)
  },
}))
const lostWhenClosed: Flaw = (open) => (context, sink) => {
  const session = open(context, sink)
  return {
    async close() {
      await session.close()
      sink.lost(null)
    },
  }
}
const staysOpen: Flaw = (open) => (context, sink) => {
  open(context, sink)
  return { close: async () => {} }
}
const neverCloses: Flaw = (open) => (context, sink) => {
  const session = open(context, sink)
  return {
    close() {
      void session.close()
      return new Promise(() => {})
    },
  }
}
const leavesTimer: Flaw = (open) => (context, sink) => {
  context.timers.at(context.clock.nowUs() + 60e6, () => {})
  return open(context, sink)
}
const uncounted: Flaw = (open) => (context, sink) =>
  open({ ...context, dial: () => createDialer({ ...context.target, sourceAddresses: [] }).dial() }, sink)
const forgetsCursor: Flaw = (open) => (context, sink) => open({ ...context, after: null }, sink)
const forgetsHeaders: Flaw = (open) => (context, sink) => open({ ...context, headers: [] }, sink)
const tooEarly: Flaw = (open) => (context, sink) => {
  sink.subscribed(null)
  return open(context, sink)
}
const neverLost: Flaw = telling(() => ({ lost() {} }))
const givesUp: Flaw = (open) => (context, sink) => {
  // The second socket is one that goes nowhere.
  let dialled = 0
  const nowhere = { host: '127.0.0.1', port: 9, sourceAddresses: [] }
  return open({ ...context, dial: () => (++dialled > 1 ? createDialer(nowhere).dial() : context.dial()) }, sink)
}

const countsNoGap: TransportDescriptor<never> = {
  ...(httpStreaming as never as TransportDescriptor<never>),
  async server() {
    const { mount } = await httpStreaming.server()
    return {
      mount(context, options) {
        const mounted = mount(context, options)
        return { ...mounted, counters: () => ({ ...mounted.counters(), evicted: 0 }) }
      },
    }
  },
}

describe('the contract finds a transport that', () => {
  test.each<[what: string, TransportDescriptor<never>, found: RegExp, saying: RegExp]>([
    ['drops a message', flawed(dropsOne), EVERY_MESSAGE, /waited in vain: all messages/],
    ['brings a message twice', flawed(repeatsOne), EVERY_MESSAGE, /deep-equal/],
    ['swaps two messages', flawed(swapsTwo), EVERY_MESSAGE, /deep-equal/],
    ['spoils what is not ASCII', flawed(spoilsBytes), EVERY_MESSAGE, /deep-equal/],
    ['says of each message that it arrived with the first', flawed(oldArrival), ARRIVED, /not that of the bytes/],
    ['says that messages arrive in a second', flawed(arrivalToCome), ARRIVED, /told of before it was read/],
    ['is lost twice', flawed(lostTwice), /^says once that it is lost/, /times that it was lost/],
    ['is lost when it was closed', flawed(lostWhenClosed), CLOSES, /what it has told changed|closed, not lost/],
    ['leaves its connection open', flawed(staysOpen), CLOSES, /no connection is left/],
    ['is never done with closing', flawed(neverCloses), CLOSES, /the session is closed/],
    ['leaves a timer', flawed(leavesTimer), CLOSES, /timers left/],
    ['opens sockets of its own', flawed(uncounted), /^counts at the client exactly/, /./],
    ['forgets its cursor', flawed(forgetsCursor), /^resumes after a cursor/, /waited in vain: what comes after/],
    ['forgets the headers of the scenario', flawed(forgetsHeaders), /^sends the request headers/, /match/],
    ['is subscribed before the server says so', flawed(tooEarly), /^ends as lost where nobody listens/, /deep-equal/],
    ['does not say that it is lost', flawed(neverLost), /^ends as lost where the server answers with no answer/, /it is lost/],
    ['does not ask again', flawed(givesUp, polling as never), /^asks again by itself/, /waited in vain/],
    ['counts no gap', countsNoGap, /^goes on at the oldest kept/, /messages evicted/],
  ])('%s', async (_, descriptor, found, saying) => {
    const options = descriptor.name === 'polling' ? { interval: '5ms' } : {}
    const failures = [...(await outcomes(descriptor, found, options)).values()]
    expect(failures.length).toBeGreaterThan(0)
    for (const failure of failures) expect(failure).toMatch(saying)
  })

  test('does nothing at all, in every case but those that ask for nothing', async () => {
    const idle: Flaw = () => () => ({ close: async () => {} })
    const passed = [...(await outcomes(flawed(idle)))].filter(([, failure]) => failure === null).map(([name]) => name)
    expect(passed).toEqual([
      'closes before it is connected, and leaves no socket and no timer',
      'closes while it connects, and leaves no socket and no timer',
      'may be closed twice, and at any moment while the feed goes on',
    ])
  })
})

test('every transport that comes along is held by all cases but those that it cannot be held by', () => {
  const held = builtInTransports.map((descriptor) => {
    const cases = transportContract(descriptor)
    return [descriptor.name, cases.length, cases.filter(({ skip }) => skip !== undefined).map(({ skip }) => skip)]
  })
  expect(held).toEqual([
    ['polling', 32, ['it asks again by itself', 'it asks again by itself']],
    ['long-polling', 32, ['it asks again by itself', 'it asks again by itself']],
    ['http-streaming', 32, ['it does not ask']],
    ['sse', 32, ['it does not ask']],
    ['websocket', 32, ['it does not ask']],
  ])
  expect(new Set(transportContract(httpStreaming).map(({ name }) => name)).size).toBe(32)
})

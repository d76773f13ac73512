import { overloadWaitUs } from '../../dist/theory/push.js'
import { line, trialOf, valuesOf, windowUs } from './trials.mjs'

const RATE_PER_SEC = 200
const MS = 1e3

export async function reproduce(measure) {
  const result = await measure()
  const clients = valuesOf(result, 'clients')
  const [few, most] = [clients[0], clients.at(-1)]
  const of = (transport, count) => trialOf(result, { transport, clients: count })
  const overloaded = ['sse', 'websocket'].map((transport) => of(transport, most))
  const ramps = overloaded.map(rampOf)
  const knee = Object.fromEntries(
    ['long-polling', 'sse', 'websocket'].map((transport) => [transport, kneeOf(clients.map((count) => of(transport, count)))]),
  )
  return {
    figures: {
      'knee.longPolling': knee['long-polling'],
      'knee.sse': knee.sse,
      'knee.webSocket': knee.websocket,
      'order.sseToLongPolling': knee.sse / knee['long-polling'],
      'order.webSocketToSse': knee.websocket / knee.sse,
      'longPolling.growth': of('long-polling', 500).latencyUs.p50 / of('long-polling', 200).latencyUs.p50,
      'longPolling.p50': of('long-polling', 500).latencyUs.p50,
      'ramp.measured': mean(ramps.map(({ slope }) => slope)),
      'ramp.toModel': mean(ramps.map(({ slope, model }) => slope / model)),
      'ramp.lastToFirst': mean(ramps.map(({ lastToFirst }) => lastToFirst)),
      'memory.push': mean(overloaded.map((trial) => trial.server.rssBytes / of(trial.transport, few).server.rssBytes)),
    },
    tables: [
      {
        title: 'Before and beyond the knee',
        heads: ['clients', 'transport', 'p50', 'p99', 'server busy', 'CPU a delivery', 'messages an answer', 'missing', 'memory'],
        rows: clients.flatMap((count) => ['long-polling', 'sse', 'websocket'].map((transport) => row(of(transport, count)))),
      },
    ],
  }
}

/** Busy for longer than this, a server may be at its limit. */
const FREE_BELOW = 0.85

/** N at which the server would have no time left, in proportion from the most clients at which it still has. */
function kneeOf(trials) {
  const free = trials.filter(({ server }) => server.eventLoopUtilization < FREE_BELOW)
  const { load, server } = free.at(-1) ?? trials[0]
  return load.clients / server.eventLoopUtilization
}

/** Latency over the time of the feed, by the medians of the window's seconds: how much a second of it adds, and what the model says. */
function rampOf(trial) {
  const blocks = trial.series.filter(({ latencyUs, lengthMs }) => latencyUs.p50 !== null && lengthMs >= 400)
  const { slope } = line(blocks.map(({ atMs, lengthMs, latencyUs }) => [(atMs + lengthMs / 2) * MS, latencyUs.p50]))
  const cost = { ratePerSec: RATE_PER_SEC, clients: trial.load.clients, cpuUsPerDelivery: busyUsPerDelivery(trial) }
  return { slope, model: overloadWaitUs(1, cost), lastToFirst: blocks.at(-1).latencyUs.p99 / blocks[0].latencyUs.p99 }
}

/** Of the server's core, all of which the deliveries take: CPU time alone leaves out when the core was not the server's. */
function busyUsPerDelivery(trial) {
  const delivered = trial.bytes.payload / trial.load.payloadBytes
  return (windowUs(trial) * trial.server.eventLoopUtilization) / delivered
}

function row({ load, transport, latencyUs, server, requests, messages }) {
  return [
    String(load.clients),
    transport,
    `${(latencyUs.p50 / MS).toFixed(1)} ms`,
    `${(latencyUs.p99 / MS).toFixed(1)} ms`,
    `${(server.eventLoopUtilization * 100).toFixed(0)} %`,
    `${server.cpuUsPerMessage.toFixed(1)} us`,
    requests.messagesPerResponse === null ? '-' : requests.messagesPerResponse.toFixed(2),
    String(messages.missing),
    `${(server.rssBytes / 1e6).toFixed(0)} MB`,
  ]
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

import { stalledPush } from '../../dist/theory/stall.js'
import { childrenTitled, sleep } from '../run-scenario.mjs'
import { trialOf, windowUs } from './trials.mjs'

const STALL_US = 1_416_000
const BEFORE_MS = 6_000

export async function reproduce(measure) {
  const stops = []
  const result = await measure({
    phase({ phase }) {
      if (phase === 'measure') stops.push(stopServer())
    },
  })
  const stalls = await Promise.all(stops)
  const [longPolling, webSocket] = ['long-polling', 'websocket'].map((transport) => trialOf(result, { transport }))
  const model = stalledPush({ stallUs: STALL_US, windowUs: windowUs(webSocket) })
  const rise = (trial) => trial.latencyUs.mean - trial.latencyUs.p50
  const both = [longPolling, webSocket]
  return {
    figures: {
      'longPolling.p99': longPolling.latencyUs.p99,
      'webSocket.p99': webSocket.latencyUs.p99,
      'model.p99': mean(both.map(({ latencyUs }) => latencyUs.p99)) / model.percentileUs(99),
      'webSocket.max': webSocket.latencyUs.max,
      'webSocket.meanRise': rise(webSocket),
      'model.mean': mean(both.map(rise)) / model.meanUs,
      'webSocket.uncorrectedP99': webSocket.transitUs.p99,
      'webSocket.hidden': webSocket.latencyUs.p99 / webSocket.transitUs.p99,
    },
    tables: [
      {
        title: 'Corrected and uncorrected',
        heads: ['', 'stopped for', 'p50', 'p99', 'mean', 'p99 uncorrected', 'mean uncorrected', 'missing'],
        rows: both.map(({ transport, latencyUs, transitUs, messages, index }) => [
          transport,
          ms(stalls[index]),
          ...[latencyUs.p50, latencyUs.p99, latencyUs.mean, transitUs.p99, transitUs.mean].map(ms),
          String(messages.missing),
        ]),
      },
    ],
  }
}

/** In microseconds, how long it was really stopped. */
async function stopServer() {
  await sleep(BEFORE_MS)
  const [server] = childrenTitled('feedbench server')
  const startUs = performance.now() * 1e3
  process.kill(server, 'SIGSTOP')
  await sleep(STALL_US / 1e3)
  process.kill(server, 'SIGCONT')
  return performance.now() * 1e3 - startUs
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function ms(us) {
  return `${(us / 1e3).toFixed(1)} ms`
}

/**
 * Measured against theory: twelve points of the models, and a server that is stopped for a second. What is expected comes from the transports' own
 * `predict`, and from src/theory; every figure is measured now. Exit code 1 where a point is off by more than its limit.
 *
 *   node scripts/truth.mjs [points] [<transport>...] [stall]
 */
import { stalledPolling, stalledPush } from '../dist/theory/stall.js'
import { childrenTitled, runScenario, sleep } from './run-scenario.mjs'
import { points } from './truth/points.mjs'

const STALL_S = 1
const WINDOW_S = 10
const INTERVAL_S = 0.7

const chosen = process.argv.slice(2)
const transports = chosen.filter((word) => word !== 'points' && word !== 'stall')
if (chosen.length === 0 || chosen.includes('points')) process.exitCode = (await points(transports)) ? 0 : 1
if (chosen.length === 0 || chosen.includes('stall')) await stall()

/** p99 = S - (1 - p) D for push and long polling, S + T - sqrt(0.02 T D) for polling with T <= S. */
async function stall() {
  console.log(
    `\nserver stopped for ${STALL_S} s in ${WINDOW_S} s\ntransport           p99        expected   off     missing  verdict`,
  )
  const stopped = []
  const result = await runScenario(
    {
      name: 'a stall',
      feed: { rate: '50/s', arrival: 'periodic', payload: '200B' },
      clients: 100,
      transports: [{ polling: { interval: `${INTERVAL_S * 1000}ms` } }, 'long-polling', 'http-streaming', 'sse', 'websocket'],
      phases: { warmup: '1s', measure: `${WINDOW_S}s`, drain: '4s' },
    },
    {
      onMeasure: () => stopped.push(stopServer()),
    },
  )
  await Promise.all(stopped)
  for (const { transport, latencyUs, messages, verdict } of result.trials) {
    const lasted = { stallUs: STALL_S * 1e6, windowUs: WINDOW_S * 1e6 }
    const model = transport === 'polling' ? stalledPolling(lasted, INTERVAL_S * 1e6) : stalledPush(lasted)
    console.log(
      [
        transport.padEnd(19),
        compare(latencyUs.p99 / 1e3, model.percentileUs(99) / 1e3, 'ms'),
        String(messages.missing).padEnd(8),
        `${verdict.status} ${verdict.reasons.map(({ code }) => code).join(' ')}`,
      ].join(' '),
    )
  }
}

async function stopServer() {
  await sleep(4_000)
  const [server] = childrenTitled('feedbench server')
  process.kill(server, 'SIGSTOP')
  await sleep(STALL_S * 1e3)
  process.kill(server, 'SIGCONT')
}

function compare(measured, expected, unit) {
  const off = ((measured - expected) / expected) * 100
  const text = (value) => `${value.toPrecision(4)}${unit === '' ? '' : ` ${unit}`}`
  return `${text(measured).padEnd(10)} ${text(expected).padEnd(10)} ${`${off >= 0 ? '+' : ''}${off.toFixed(1)} %`.padEnd(8)}`
}

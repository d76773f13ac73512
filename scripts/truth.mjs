/**
 * Measured against theory: polling at several rates and intervals, and a server that is stopped for a second.
 * The formulas are those of docs/method.md; every figure is measured now.
 *
 *   node scripts/truth.mjs [polling] [stall]
 */
import { childrenTitled, runScenario, sleep } from './run-scenario.mjs'

const STALL_S = 1
const WINDOW_S = 10
const INTERVAL_S = 0.7

const chosen = process.argv.slice(2)
if (chosen.length === 0 || chosen.includes('polling')) await polling()
if (chosen.length === 0 || chosen.includes('stall')) await stall()

/** Latency is U[0, T): mean T/2, p99 0.99 T; requests per message 1/(lambda T), with the lambda that the schedule had. */
async function polling() {
  console.log('polling             mean       expected   off     p99        expected   off     req/msg  expected off     verdict')
  for (const [arrival, rate, intervalMs] of [
    ['poisson', 20, 250],
    ['poisson', 5, 1000],
    ['poisson', 50, 500],
    ['periodic', 10, 300],
    ['periodic', 4, 1000],
    ['periodic', 20, 500],
  ]) {
    const { trials } = await runScenario({
      name: 'polling against theory',
      feed: { rate: `${rate}/s`, arrival, payload: '200B' },
      clients: 200,
      transports: [{ polling: { interval: `${intervalMs}ms` } }],
      phases: { warmup: '1s', measure: '12s', drain: '3s' },
    })
    const [{ latencyUs, requests, messages, verdict }] = trials
    const lambda = messages.scheduled / 12
    console.log(
      [
        `${arrival} ${rate}/s ${intervalMs}ms`.padEnd(19),
        compare(latencyUs.mean / 1e3, intervalMs / 2, 'ms'),
        compare(latencyUs.p99 / 1e3, intervalMs * 0.99, 'ms'),
        compare(requests.perMessage, 1 / ((lambda * intervalMs) / 1e3), ''),
        verdict.status,
      ].join(' '),
    )
  }
}

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
    const expectedS =
      transport === 'polling' ? STALL_S + INTERVAL_S - Math.sqrt(0.02 * INTERVAL_S * WINDOW_S) : STALL_S - 0.01 * WINDOW_S
    console.log(
      [
        transport.padEnd(19),
        compare(latencyUs.p99 / 1e3, expectedS * 1e3, 'ms'),
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

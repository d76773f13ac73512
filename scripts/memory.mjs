import { readFileSync } from 'node:fs'
import { readCommandLine } from './command-line.mjs'
import { childrenTitled, runScenario, sleep } from './run-scenario.mjs'

/**
 * Whether memory grows with the length of a run: resident memory of server and driver two minutes into the window and ten, for each transport, all of them at
 * once. Ends with 1 where one differs by more than 5 %.
 *
 *     node scripts/memory.mjs                       12 minutes
 *     node scripts/memory.mjs --first 5 --last 20   to see that it runs
 *     node scripts/memory.mjs --clients 10000 --rate 0.5/s --request-rate 0.1/s --interval 20s    14 minutes and half a core
 *
 *     ... --arrival periodic                        without the bursts of a Poisson feed, in which thousands of answers are under way at once
 *
 * `--request-rate` is the feed's rate where each message costs a request (long polling).
 */

const USAGE =
  'node scripts/memory.mjs [--first s] [--last s] [--clients n] [--rate r] [--request-rate r] [--interval d] [--arrival a] [--transports t]'

const { values } = readCommandLine(USAGE, {
  options: {
    first: { type: 'string', default: '120' },
    last: { type: 'string', default: '600' },
    clients: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '2/s' },
    'request-rate': { type: 'string' },
    interval: { type: 'string', default: '1s' },
    arrival: { type: 'string', default: 'poisson' },
    transports: { type: 'string' },
  },
})
const [first, last] = [Number(values.first), Number(values.last)]
/** Resident memory is the median of so many readings a second apart: a collection may be due, and a message to thousands of clients at once takes room for a moment. */
const READINGS = 30
/** How much longer than its last reading a run lasts: on a loaded machine a reading a second takes more than a second. */
const MARGIN_S = 60
const MOST_GROWTH = 0.05
const ALL = [{ polling: { interval: values.interval } }, 'long-polling', 'http-streaming', 'sse', 'websocket']
const TRANSPORTS = ALL.filter(
  (transport) => values.transports === undefined || values.transports.split(',').includes(nameOf(transport)),
)

const known = new Set()
const watches = []
for (const transport of TRANSPORTS) {
  let atMeasure
  const measuring = new Promise((resolve) => {
    atMeasure = resolve
  })
  const run = runScenario(
    {
      name: 'memory',
      feed: { rate: rateOf(transport), arrival: values.arrival, payload: '200B' },
      clients: Number(values.clients),
      transports: [transport],
      phases: { warmup: '1s', measure: `${last + READINGS + MARGIN_S}s`, drain: '30s' },
      connect: { rate: '1000/s', timeout: '60s' },
    },
    { onMeasure: atMeasure },
  )
  await Promise.race([measuring, run])
  const members = ['feedbench server', 'feedbench driver']
    .flatMap((title) => childrenTitled(title))
    .filter((pid) => !known.has(pid))
  for (const pid of members) known.add(pid)
  watches.push(watch({ name: nameOf(transport), members, run, startedMs: performance.now() }))
}

let isBounded = true
process.stdout.write(
  `${'transport'.padEnd(16)}${'process'.padEnd(8)}${`${first} s`.padStart(10)}${`${last} s`.padStart(10)}    change\n`,
)
for (const watched of watches) {
  const { name, sides, missing } = await watched
  if (missing > 0) isBounded = false
  for (const { side, early, late } of sides) {
    const change = late / early - 1
    if (change > MOST_GROWTH) isBounded = false
    const row = [early, late].map((bytes) => `${(bytes / 1e6).toFixed(1)} MB`.padStart(10)).join('')
    process.stdout.write(`${name.padEnd(16)}${side.padEnd(8)}${row}  ${`${(100 * change).toFixed(1)} %`.padStart(8)}\n`)
  }
  if (missing > 0) process.stdout.write(`${name.padEnd(16)}${missing} messages are missing\n`)
}
process.exitCode = isBounded ? 0 : 1

function nameOf(transport) {
  return typeof transport === 'string' ? transport : 'polling'
}

function rateOf(transport) {
  return (transport === 'long-polling' && values['request-rate']) || values.rate
}

async function watch({ name, members: [server, driver], run, startedMs }) {
  const at = async (seconds) => {
    await sleep(Math.max(0, startedMs + seconds * 1_000 - performance.now()))
    const readings = []
    for (let reading = 0; reading < READINGS; reading++) {
      readings.push([residentBytes(server), residentBytes(driver)])
      await sleep(1_000)
    }
    return [0, 1].map((side) => readings.map((reading) => reading[side]).sort((a, b) => a - b)[READINGS >> 1])
  }
  const early = await at(first)
  const late = await at(last)
  const { trials } = await run
  const { missing } = trials[0].messages
  return { name, missing, sides: ['server', 'driver'].map((side, index) => ({ side, early: early[index], late: late[index] })) }
}

function residentBytes(pid) {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kibibytes) * 1_024
}

import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { medianInterval } from '../dist/analysis/order-statistics.js'
import { seededRandom } from '../dist/feed/random.js'
import { readCommandLine } from './command-line.mjs'

/**
 * Whether watching a run changes what it measures: runs of one scenario, bare, with the live view at a terminal, and with the dashboard open in a browser, in rounds of an order that a
 * seed draws. Prints the ratio of p50, p90 and driver CPU per delivery to the bare run of the same round, as the median with its interval of 95 % (by order: of 6 rounds or more).
 *
 *     node scripts/live-cost.mjs                     12 rounds, websocket and polling, 200 clients, 5 s each: 10 minutes
 *     node scripts/live-cost.mjs --rounds 6 --duration 3 --clients 100 --seed 1
 *
 * Needs script (util-linux) for the terminal, and Chromium for the page; without one of them that arm is left out, and said to be.
 */

const USAGE = 'node scripts/live-cost.mjs [--rounds n] [--duration s] [--clients n] [--seed n] [--aa]'

const { values } = readCommandLine(USAGE, {
  options: {
    rounds: { type: 'string', default: '12' },
    duration: { type: 'string', default: '5' },
    clients: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    /** Bare runs in all three places: what comes out is noise alone. */
    aa: { type: 'boolean', default: false },
  },
})
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const OPTIONS = JSON.parse(readFileSync(new URL('./chromium.json', import.meta.url), 'utf8'))
const CHROMIUM = process.env.CHROMIUM ?? OPTIONS.executablePath

const folder = mkdtempSync(join(tmpdir(), 'feedbench-live-cost-'))
const scenario = join(folder, 'live-cost.yaml')
writeFileSync(
  scenario,
  JSON.stringify({
    name: 'live-cost',
    feed: { rate: '50/s', arrival: 'periodic', payload: '200B' },
    clients: Number(values.clients),
    transports: ['websocket', { polling: { interval: '250ms' } }],
    phases: { warmup: '1s', measure: `${values.duration}s`, drain: '2s' },
  }),
)

/** Runs the command, and resolves to its result. `onLine`: hears what it says on stderr. */
async function run(command, words, onText = () => {}) {
  const out = join(folder, String(runs++))
  const argv = ['run', scenario, '--seed', values.seed, '--out', out, ...words]
  const env = { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8', CI: '' }
  const [program, ...rest] = command(argv)
  const child = spawn(program, rest, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  child.stderr.setEncoding('utf8').on('data', onText)
  await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  return JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'))
}
let runs = 0

const plain = (argv) => [process.execPath, MAIN, ...argv]
const quoted = (word) => `'${word.replaceAll("'", "'\\''")}'`
/** In a pseudo terminal of 100 by 30, whose typescript nobody reads. */
const atTerminal = (argv) => ['script', '-qefc', `stty cols 100 rows 30; exec ${plain(argv).map(quoted).join(' ')}`, '/dev/null']

let browser
async function withPage() {
  const { chromium } = await import('playwright-core')
  browser ??= await chromium.launch({ ...OPTIONS, executablePath: CHROMIUM })
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  try {
    return await run(plain, ['--dashboard'], (text) => {
      const url = /^dashboard: (http:\S+)$/m.exec(text)?.[1]
      if (url !== undefined) void page.goto(url)
    })
  } finally {
    await page.close()
  }
}

const bare = () => run(plain, [])
const ARMS = values.aa
  ? { bare, 'bare again': bare, 'bare once more': bare }
  : {
      bare,
      ...(existsSync('/usr/bin/script') ? { 'live view': () => run(atTerminal, []) } : {}),
      ...(existsSync(CHROMIUM) ? { dashboard: withPage } : {}),
    }

const FIGURES = {
  p50: ({ latencyUs }) => latencyUs.p50,
  p90: ({ latencyUs }) => latencyUs.p90,
  'driver CPU per delivery': ({ driver, messages }) => driver.cpuUs / messages.delivered,
}

/** Each round a permutation, drawn from the seed. */
const random = seededRandom(Number(values.seed))
function shuffled(names) {
  const order = [...names]
  for (let index = order.length - 1; index > 0; index--) {
    const other = uniformInt(random, 0, index)
    ;[order[index], order[other]] = [order[other], order[index]]
  }
  return order
}

const rounds = []
try {
  for (let round = 0; round < Number(values.rounds); round++) {
    const results = {}
    for (const arm of shuffled(Object.keys(ARMS))) results[arm] = await ARMS[arm]()
    rounds.push(results)
    process.stderr.write(`round ${round + 1} of ${values.rounds}\n`)
  }
} finally {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
}

const trialOf = ({ trials }, transport) => trials.find((trial) => trial.transport === transport)
process.stdout.write(
  `${rounds.length} rounds, ${values.clients} clients, 50 messages/s, ${values.duration} s, seed ${values.seed}\n`,
)
for (const transport of ['websocket', 'polling']) {
  for (const arm of Object.keys(ARMS).slice(1)) {
    for (const [figure, of] of Object.entries(FIGURES)) {
      const ratios = rounds.map((results) => of(trialOf(results[arm], transport)) / of(trialOf(results.bare, transport)))
      process.stdout.write(`${transport.padEnd(10)} ${arm.padEnd(15)} ${figure.padEnd(24)} ${summaryOf(ratios)}\n`)
    }
    const statuses = rounds.map((results) => trialOf(results[arm], transport).verdict.status)
    const usable = statuses.filter((status) => status === 'valid').length
    process.stdout.write(
      `${transport.padEnd(10)} ${arm.padEnd(15)} ${'valid trials'.padEnd(24)} ${usable} of ${statuses.length}\n`,
    )
  }
}
const missing = ['live view', 'dashboard'].filter((arm) => !values.aa && !(arm in ARMS))
if (missing.length > 0) process.stdout.write(`left out, for want of script or Chromium: ${missing.join(', ')}\n`)

/** `1.004 [0.981, 1.020]`: the median of the ratios, and the 95 % for it. */
function summaryOf(ratios) {
  const sorted = [...ratios].sort((a, b) => a - b)
  const middle = (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2
  const interval = medianInterval(ratios)
  const ends =
    interval === null
      ? `from ${sorted[0].toFixed(3)} to ${sorted.at(-1).toFixed(3)}, no interval of so few`
      : `[${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}]`
  return `${middle.toFixed(3)} ${interval === null ? `(${ends})` : ends}`
}

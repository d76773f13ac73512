import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { pollPairs, streamPairs } from './bench-self/pairs.mjs'
import { renderBenchmarks } from './bench-self/render.mjs'
import { readCommandLine, refuse } from './command-line.mjs'

/**
 * What feedbench itself costs, as ratios within one run: its driver against bare receive loops, its server against a bare loop of writes, its polls
 * against a bare loop of undici dispatches. Each figure is the median of pairs that take turns, so that what disturbs the machine disturbs both.
 *
 *     npm run bench:self                    100, 1,000 and 10,000 clients, 3 pairs of 4 s each: 25 minutes; writes docs/benchmarks.md
 *     npm run bench:self -- --short         100 clients, one pair of 1 s: two minutes; writes nothing, and fails where a command does not run
 *     npm run bench:self -- --only polling  or streams: that half only; writes nothing unless --out says where
 */

const USAGE = 'npm run bench:self -- [--short] [--only polling|streams] [--clients n,n] [--pairs n] [--seconds n] [--out file]'

const { values } = readCommandLine(USAGE, {
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    clients: { type: 'string' },
    pairs: { type: 'string' },
    seconds: { type: 'string' },
    out: { type: 'string' },
  },
})
const settings = {
  clients: (values.clients ?? (values.short ? '100' : '100,1000,10000')).split(',').map(Number),
  pairs: Number(values.pairs ?? (values.short ? 1 : 3)),
  seconds: Number(values.seconds ?? (values.short ? 1 : 4)),
  // Before it counts: code that is new is compiled on other threads, which are the process's too.
  settleMs: values.short ? 500 : 5_000,
}
if (values.only !== undefined && !['polling', 'streams'].includes(values.only))
  refuse(`expected polling or streams for --only, got ${values.only}`, USAGE)
const out = values.out ?? (values.short || values.only !== undefined ? undefined : 'docs/benchmarks.md')

const streams = []
const polls = []
for (const clients of settings.clients) {
  for (const transport of values.only === 'polling' ? [] : ['websocket', 'sse', 'http-streaming']) {
    streams.push(await streamPairs(transport, clients, settings))
    process.stderr.write(`${JSON.stringify(streams.at(-1))}\n`)
  }
  if (values.only === 'streams') continue
  polls.push(await pollPairs(clients, settings))
  process.stderr.write(`${JSON.stringify(polls.at(-1))}\n`)
}

const text = renderBenchmarks({
  streams,
  polls,
  settings,
  node: process.version,
  cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
})
process.stdout.write(text)
if (out !== undefined) writeFileSync(out, text)

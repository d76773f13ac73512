/**
 * How often would a gate fail where nothing has changed, and find what has? Simulated, by the rules and the code that decide real gates; no server runs.
 *
 *   node scripts/gate-simulation.mjs [--sessions n] [--seed n] [--metrics 3|4]      1000 sessions of each kind take about half a minute
 */
import { DEFAULT_GATE_RULES } from '../dist/analysis/gate/rules.js'
import { readCommandLine } from './command-line.mjs'
import { chanceInterval } from './gate-simulation/chance.mjs'
import { REGIMES } from './gate-simulation/noise.mjs'
import { EFFECTS, sessions } from './gate-simulation/sessions.mjs'

const USAGE = 'node scripts/gate-simulation.mjs [--sessions n] [--seed n] [--metrics 3|4]'

const { values } = readCommandLine(USAGE, {
  options: {
    sessions: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    metrics: { type: 'string', default: '4' },
  },
})
const [count, seed] = [Number(values.sessions), Number(values.seed)]
const rules =
  values.metrics === '3'
    ? { ...DEFAULT_GATE_RULES, margins: { ...DEFAULT_GATE_RULES.margins, 'latencyUs.p90': null } }
    : DEFAULT_GATE_RULES

console.log(`${count} gates of each kind, 4 transports of ${values.metrics} metrics, seed ${seed}; intervals of 95 %\n`)
for (const [name, regime] of Object.entries(REGIMES)) {
  console.log(`${name}: ${regime.about}`)
  for (const [what, effect] of Object.entries(EFFECTS)) {
    const { fail, pass, inconclusive, meanRounds } = sessions(rules, regime, effect, count, seed)
    const [low, high] = chanceInterval(fail, count).map((share) => (100 * share).toFixed(1))
    const failed = `${((100 * fail) / count).toFixed(1)} % [${low}, ${high}]`
    const others = `pass ${((100 * pass) / count).toFixed(1)} %, inconclusive ${((100 * inconclusive) / count).toFixed(1)} %`
    console.log(`  ${what.padEnd(26)} fail ${failed.padEnd(22)} ${others}, ${meanRounds.toFixed(1)} rounds`)
  }
}

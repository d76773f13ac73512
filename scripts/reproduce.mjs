import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { loadScenario, run } from '../dist/index.js'
import { loadScenario as readPublished } from '../dist/scenario/read.js'
import { publishedScenarios } from '../dist/scenario/shipped.js'
import { readCommandLine, refuse } from './command-line.mjs'
import { judged, measurementOf } from './reproduce/judged.mjs'
import { renderPage } from './reproduce/page.mjs'
import { renderText } from './reproduce/text.mjs'

/**
 * Published results, measured again: scenarios/published has a scenario a source, with what was published and what must come out, and scripts/reproduce
 * how the figures are computed from its trials. Exit code 1 where one is not as it must be.
 *
 *     npm run reproduce                             all sources: 9 minutes of a machine that does nothing else
 *     npm run reproduce wrk2 aquil                  some of them, about a minute each
 *     npm run reproduce -- --out docs/published.md  writes the page too; of a source that is not measured now, what was measured last
 *     npm run reproduce -- --render --out docs/published.md   measures nothing
 */

const USAGE = 'npm run reproduce -- [name]... [--seed n] [--render] [--out file]'

const { values, positionals } = readCommandLine(USAGE, {
  allowPositionals: true,
  options: { out: { type: 'string' }, seed: { type: 'string', default: '1' }, render: { type: 'boolean', default: false } },
})
const KEPT = new URL('../results/runs/published/', import.meta.url)
const sources = publishedScenarios().map(({ name, file }) => ({ name: name.replace('published/', ''), file }))
const unknown = positionals.filter((name) => !sources.some((source) => source.name === name))
if (unknown.length > 0)
  refuse(
    `expected names of scenarios/published (${sources.map(({ name }) => name).join(', ')}), got ${unknown.join(', ')}`,
    USAGE,
  )

const chosen = values.render ? [] : sources.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
for (const { name, file } of chosen) {
  const measurement = await measured(name, file)
  mkdirSync(KEPT, { recursive: true })
  writeFileSync(kept(name), JSON.stringify(measurement))
  const outcome = judged(measurement, await publishedIn(file))
  process.stdout.write(`${renderText(outcome)}\n`)
  if (outcome.rows.some(({ isMet }) => !isMet)) process.exitCode = 1
}
if (values.out !== undefined) {
  const outcomes = []
  for (const { name, file } of sources) {
    if (existsSync(kept(name))) outcomes.push(judged(JSON.parse(readFileSync(kept(name), 'utf8')), await publishedIn(file)))
  }
  writeFileSync(values.out, renderPage(outcomes))
}

async function measured(name, file) {
  const source = await import(`./reproduce/${name}.mjs`)
  const trials = []
  let result
  /** Runs the source's scenario, and resolves to its result. */
  const measure = async (on = {}) => {
    result = await run(await loadScenario(file), { seed: Number(values.seed), on })
    trials.push(...result.trials)
    return result
  }
  const { figures, tables = [] } = await source.reproduce(measure)
  return measurementOf({ name, result, trials, figures, tables })
}

async function publishedIn(file) {
  return (await readPublished(file)).published
}

function kept(name) {
  return new URL(`${name}.json`, KEPT)
}

import { summarize } from '../analysis/summary.js'
import { measuredOf, runsOf } from '../gate/stored-runs.js'
import type { StoredBaseline } from '../model/baseline.js'
import { FeedbenchError } from '../model/errors.js'
import { visible } from '../report/escape.js'
import { textTable } from '../report/text-table.js'
import { allBaselines, BASELINES_FOLDER, baselinePath, findBaseline, writeBaseline } from '../results/baselines.js'
import { describeEnvironment } from '../results/environment.js'
import { environmentKey } from '../results/environment-key.js'
import { readRun } from '../results/read.js'
import type { Command } from './command.js'
import type { Terminal } from './terminal.js'

/** Of each side, as STATISTICS' fallback for gates whose sides cannot take turns asks for. */
const LEAST_RUNS = 20

interface BaselineOptions {
  action: 'save' | 'list' | 'show'
  what?: string
  name?: string
  json: boolean
}

export const baselineCommand: Command = {
  options: (parser) =>
    parser
      .positional('action', {
        choices: ['save', 'list', 'show'] as const,
        demandOption: true,
        describe: `save a run of ${LEAST_RUNS} rounds or more, list all, show one`,
      })
      .positional('what', { type: 'string', describe: 'For save a run folder, for show a name' })
      .option('name', { type: 'string', requiresArg: true, describe: 'Of the baseline that is saved; default: main' })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON document on stdout' })
      .example('$0 baseline save results/runs/2026-01-01T00-00-00Z-gate --name main', `from: $0 run gate --rounds ${LEAST_RUNS}`)
      .example('$0 baseline list', 'of every environment') as never,
  run: (options, terminal) => baseline(options as unknown as BaselineOptions, terminal),
}

async function baseline({ action, what, name, json }: BaselineOptions, { stdout }: Terminal): Promise<number> {
  if (action === 'list' && what !== undefined) throw tooMuch(action, what)
  if (action !== 'save' && name !== undefined) throw tooMuch(action, '--name')
  if (action === 'list') {
    const all = await allBaselines()
    if (json) stdout.write(`${JSON.stringify(all.map(({ path, baseline }) => ({ path, ...about(baseline) })))}\n`)
    else stdout.write(all.length === 0 ? `no baselines in ${BASELINES_FOLDER}\n` : table(all.map(({ baseline }) => baseline)))
    return 0
  }
  if (what === undefined || what === '') throw nothing(action)
  if (action === 'save') {
    const { path, baseline } = await save(what, name ?? 'main')
    stdout.write(json ? `${JSON.stringify({ path, ...about(baseline) })}\n` : `${path}\n`)
    return 0
  }
  const environment = await describeEnvironment({ mode: 'shared', reason: null })
  const found = await findBaseline(what, environment)
  stdout.write(json ? `${JSON.stringify(found.baseline)}\n` : `${table([found.baseline])}${found.path}\n`)
  return 0
}

async function save(run: string, name: string): Promise<{ path: string; baseline: StoredBaseline }> {
  const result = await readRun(run, summarize)
  const { plan, environment, feedbench } = result
  const runs = runsOf(result)
  if (plan.loadPoints.length !== 1 || runs.length < LEAST_RUNS)
    throw new FeedbenchError({
      code: 'E_BASELINE',
      where: run,
      message: `expected ${LEAST_RUNS} rounds or more of one load point, all of their trials valid, but there ${runs.length === 1 ? 'is 1' : `are ${runs.length}`} of ${plan.loadPoints.length} load points`,
      hint: `feedbench run ${plan.scenario.name} --rounds ${LEAST_RUNS} on a machine that does nothing else`,
    })
  const [planned] = plan.trials
  const baseline: StoredBaseline = {
    schemaVersion: 1,
    name,
    feedbench,
    revision: environment.git === null ? null : `${environment.git.revision}${environment.git.dirty ? ' with changes' : ''}`,
    scenario: { name: plan.scenario.name, sha256: plan.scenario.sha256 },
    environment: environmentKey(environment),
    measured: planned === undefined ? {} : measuredOf(planned),
    startedAt: result.trials[0]?.startedAt ?? null,
    runs,
  }
  const path = baselinePath(name, environment)
  await writeBaseline(path, baseline)
  return { path, baseline }
}

function about({ runs, ...others }: StoredBaseline): Omit<StoredBaseline, 'runs'> & { runs: number } {
  return { ...others, runs: runs.length }
}

function table(baselines: readonly StoredBaseline[]): string {
  const rows = baselines.map(({ name, scenario, runs, feedbench, environment }) =>
    [
      name,
      scenario.name,
      `${runs.length} runs`,
      `feedbench ${feedbench.version}`,
      `${environment.cpu}, ${environment.cores} cores, Node ${environment.node}, ${environment.os}`,
    ].map(visible),
  )
  const aligned = ['left', 'left', 'right', 'left', 'left'] as const
  return `${textTable(rows, Number.POSITIVE_INFINITY, aligned)?.join('\n') ?? ''}\n`
}

function nothing(action: string): FeedbenchError {
  return new FeedbenchError({
    code: 'E_USAGE',
    where: 'command line',
    message: `expected ${action === 'save' ? 'a run folder to save' : 'the name of a baseline to show'}, got nothing`,
    hint: 'feedbench baseline --help has all options, with examples',
  })
}

function tooMuch(action: string, what: string): FeedbenchError {
  return new FeedbenchError({
    code: 'E_USAGE',
    where: 'command line',
    message: `expected ${action === 'list' ? 'nothing' : 'one name'} behind baseline ${action}, got ${JSON.stringify(what)} too`,
    hint: 'feedbench baseline --help has all options, with examples',
  })
}

import type { Dashboard } from '../dashboard/dashboard.js'
import {
  type LoadedScenario,
  loadScenario,
  type Result,
  RunFailed,
  type RunListeners,
  renderTable,
  run as runScenario,
} from '../index.js'
import type { LiveEnd } from '../model/live.js'
import { visible } from '../report/escape.js'
import { RUNS_FOLDER } from '../results/run-folder.js'
import { scenarioFile } from '../scenario/shipped.js'
import { type Command, jsonProblem, plainError } from './command.js'
import { liveProgress, PROGRESS_STYLES } from './live-progress.js'
import { writeReportFile } from './report-file.js'
import { openDashboard, shownOn } from './run-dashboard.js'
import { hasColour, type Terminal, widthOf } from './terminal.js'

interface RunOptions {
  scenario: string
  transports?: string
  clients?: string
  duration?: string
  rounds?: string
  seed?: string
  out?: string
  allowRemote: boolean
  json: boolean
  progress?: (typeof PROGRESS_STYLES)[number]
  dashboard?: string
  inconclusive?: 'pass'
}

export const runCommand: Command = {
  options: (parser) =>
    parser
      .positional('scenario', {
        type: 'string',
        describe: 'A YAML file, or the name of a scenario that comes along, such as quick; feedbench list shows them',
        demandOption: true,
      })
      .option('transports', { type: 'string', requiresArg: true, describe: 'Only these, by name or label, separated by commas' })
      .option('clients', { type: 'string', requiresArg: true, describe: "Clients, instead of the scenario's" })
      .option('duration', {
        type: 'string',
        requiresArg: true,
        describe: 'Of the measured window: 10s, 2m, or a number of seconds',
      })
      .option('rounds', {
        type: 'string',
        requiresArg: true,
        describe: 'Passes over all transports and load points; 3 or more to name winners',
      })
      .option('seed', {
        type: 'string',
        requiresArg: true,
        describe: 'Of order, publish times and poll phases; drawn and recorded where not given',
      })
      .option('out', { type: 'string', requiresArg: true, describe: 'The run folder; default results/runs/<time>-<name>' })
      .option('allow-remote', {
        type: 'boolean',
        default: false,
        describe: 'Let the target be a server on another machine, which is then put under load',
      })
      .option('json', { type: 'boolean', default: false, describe: 'The result as one JSON document on stdout' })
      .option('progress', {
        choices: PROGRESS_STYLES,
        requiresArg: true,
        describe: 'On stderr: lines, one as each phase begins, for logs; none; default: a view that changes, at a terminal only',
      })
      .option('dashboard', {
        type: 'string',
        describe:
          'A page on loopback that shows the run while it goes on; --dashboard=8080 chooses the port, else any that is free',
      })
      .option('inconclusive', {
        choices: ['pass'] as const,
        requiresArg: true,
        describe: 'Do not end with 3 for a threshold that nothing decided; an invalid or absent trial still does',
      })
      .example('$0 run quick', 'all five transports, under a minute')
      .example('$0 run steady --rounds 5 --seed 42', 'repeatable, with winners')
      .example('$0 run my.yaml --transports sse,websocket --clients 1000 --duration 30s', 'a part of a scenario, larger')
      .example('$0 run steady --dashboard', 'to watch in a browser')
      .example('$0 run my.yaml --json > result.json', 'for programs') as never,
  run: (options, terminal) => run(options as unknown as RunOptions, terminal),
}

async function run(options: RunOptions, terminal: Terminal): Promise<number> {
  // First of all: whenever it comes, an interrupt ends the run in the same way.
  const interruption = new AbortController()
  terminal.onInterrupt((signal) => interruption.abort(signal))
  const { transports, clients, duration, rounds, seed, allowRemote } = options
  const overrides = { transports, clients, duration, rounds, seed, allowRemote }
  const scenario = await loadScenario(scenarioFile(options.scenario), overrides)
  const dashboard = await openDashboard(options.dashboard, terminal.stderr)
  return shownOn(dashboard, async () => {
    const outcome = await execute(scenario, { ...options, dashboard }, interruption.signal, terminal)
    return conclude(outcome, options, terminal)
  })
}

/** Prints and writes what a run came to; resolves to the exit code, and to what its dashboard says at last. */
async function conclude(
  { result, failure, folder }: Outcome,
  options: RunOptions,
  terminal: Terminal,
): Promise<[number, LiveEnd]> {
  const { stdout, stderr, env } = terminal
  if (options.json)
    stdout.write(
      `${JSON.stringify(failure === null ? result : { ...result, error: { problems: failure.problems.map(jsonProblem) } })}\n`,
    )
  else stdout.write(renderTable(result, { colour: hasColour(stdout, env), width: widthOf(stdout) }))
  if (failure !== null) stderr.write(plainError(failure))
  const note = options.json ? stderr : stdout
  const report = await writeReport(folder, result, failure, { note, stderr })
  note.write(`${folder}\n`)
  const exitCode = exitCodeOf(result, options.inconclusive)
  if (exitCode !== result.summary.exitCode) stderr.write(`${undecided(result)} [let pass by --inconclusive=pass]\n`)
  return [exitCode, { exitCode, why: result.summary.endedEarly, folder, report }]
}

/** Its path. The run is whole without it: where it cannot be written, `feedbench report` makes it elsewhere. A disk that was full before needs no second sentence. */
async function writeReport(
  folder: string | null,
  result: Result,
  failure: RunFailed | null,
  { note, stderr }: { note: Terminal['stdout']; stderr: Terminal['stderr'] },
): Promise<string | null> {
  if (folder === null || failure?.problems.some(({ code }) => code === 'E_OUTPUT')) return null
  const written = await writeReportFile(folder, result)
  if (typeof written === 'string') note.write(`${written}\n`)
  else stderr.write(plainError(written))
  return typeof written === 'string' ? written : null
}

interface Outcome {
  result: Result
  /** Why the run ended before its last trial; `null` where it did not. */
  failure: RunFailed | null
  folder: string | null
}

/** Runs with the progress at a terminal; whatever could not even begin is thrown. */
async function execute(
  scenario: LoadedScenario,
  { out, progress: chosen, json, dashboard }: Omit<RunOptions, 'dashboard'> & { dashboard: Dashboard | null },
  signal: AbortSignal,
  terminal: Terminal,
): Promise<Outcome> {
  let folder: string | null = null
  let progress: ReturnType<typeof liveProgress> | undefined
  const on: RunListeners = {
    planned(event) {
      folder = event.folder
      progress = liveProgress(event.plan, terminal, { style: chosen ?? (json ? 'none' : undefined), dashboard })
    },
    phase: ({ trial, phase, endsInUs }) => progress?.onPhase(trial, phase, endsInUs),
    progress: ({ trial, ...figures }) => progress?.onProgress(trial, figures),
    trialFinished: ({ trial }) => progress?.onTrial(trial),
  }
  try {
    const result = await runScenario(scenario, { signal, out: out ?? { below: RUNS_FOLDER }, on })
    return { result, failure: null, folder }
  } catch (error) {
    if (!(error instanceof RunFailed)) throw error
    return { result: error.result, failure: error, folder }
  } finally {
    progress?.end()
  }
}

/**
 * What the command ends with. `pass` relaxes what is inconclusive, thresholds that no figure decided; a measurement that is invalid or
 * not whole stays what it is. The result keeps its own exit code: it was not decided, whoever lets that pass.
 * @internal for its test
 */
export function exitCodeOf({ trials, summary }: Result, inconclusive: 'pass' | undefined): number {
  const isWhole = trials.length > 0 && summary.trials.finished === summary.trials.planned
  const isMeasured = isWhole && trials.every(({ verdict }) => verdict.status !== 'invalid')
  if (inconclusive !== 'pass' || summary.exitCode !== 3 || !isMeasured) return summary.exitCode
  return summary.thresholds.some(({ status }) => status === 'fail') ? 1 : 0
}

function undecided({ summary }: Result): string {
  const texts = summary.thresholds.filter(({ status }) => status === 'no-data').map(({ threshold }) => visible(threshold))
  return `thresholds: expected a figure to decide each, got none for ${texts.join('; ')}`
}

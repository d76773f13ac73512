import { randomInt } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { decide } from '../analysis/gate/verdict.js'
import { abRounds, beginAb } from '../gate/ab.js'
import { type GateBegun, type GateOutcome, runGate } from '../gate/gate.js'
import { findSide } from '../gate/sides.js'
import { type CiFiles, writeCiOutputs } from '../library/ci-outputs.js'
import { systemClock, wallClockUs } from '../measure/clock.js'
import { FeedbenchError, worstExitCode } from '../model/errors.js'
import type { GateMeasurement, GateResult, Side } from '../model/gate.js'
import { renderGate } from '../report/gate.js'
import { describeEnvironment, feedbenchVersion } from '../results/environment.js'
import { createGateFolder, type GateFolder, openGateFolder } from '../results/gate-folder.js'
import { LocalFleet } from '../runner/local-fleet.js'
import { placeTrial } from '../runner/placement.js'
import { loadScenario } from '../scenario/load.js'
import { scenarioFile } from '../scenario/shipped.js'
import { withCiOptions } from './ci-options.js'
import { type Command, jsonProblem, plainError } from './command.js'
import { gateProgress } from './gate-progress.js'
import { PROGRESS_STYLES } from './live-progress.js'
import { hasColour, type Terminal, widthOf } from './terminal.js'

/** Where gates go that were given no folder: below the folder that the user is in. */
const GATES_FOLDER = 'results/gates'

interface GateOptions extends CiFiles {
  scenario?: string
  baseline?: string
  candidate?: string
  transports?: string
  clients?: string
  seed?: string
  out?: string
  resume?: string
  from?: string
  json: boolean
  progress?: (typeof PROGRESS_STYLES)[number]
  inconclusive?: 'pass'
}

export const gateCommand: Command = {
  usage: 'gate [scenario]',
  describe: 'Compare two servers in turns, and end with 1 where the candidate is slower, heavier or lossy',
  options: (parser) =>
    withCiOptions(parser)
      .positional('scenario', {
        type: 'string',
        describe: 'A YAML file, or the name of one that comes along: gate is made for this',
      })
      .option('baseline', { type: 'string', requiresArg: true, describe: 'What was before: a folder with a built feedbench' })
      .option('candidate', { type: 'string', requiresArg: true, describe: 'What is to be judged; the same kinds' })
      .option('transports', { type: 'string', requiresArg: true, describe: 'Only these, by name or label, separated by commas' })
      .option('clients', { type: 'string', requiresArg: true, describe: "Clients of each side, instead of the scenario's" })
      .option('seed', {
        type: 'string',
        requiresArg: true,
        describe: 'Of order, sides, publish times and poll phases; drawn and recorded where not given',
      })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'The folder of the gate; default results/gates/<time>-<name>',
      })
      .option('resume', { type: 'string', requiresArg: true, describe: 'Go on with a gate that was interrupted: its folder' })
      .option('from', {
        type: 'string',
        requiresArg: true,
        describe: 'Decide again from the rounds in a folder, and measure nothing',
      })
      .option('json', { type: 'boolean', default: false, describe: 'The gate as one JSON document on stdout' })
      .option('progress', {
        choices: PROGRESS_STYLES,
        requiresArg: true,
        describe: 'On stderr: lines, one a round, for logs; none; default: a line that changes, at a terminal only',
      })
      .option('inconclusive', {
        choices: ['pass'] as const,
        requiresArg: true,
        describe: 'Do not end with 3 where all rounds could not tell; what is invalid still does',
      })
      .example('$0 gate gate --baseline ../before --candidate .', 'two checkouts of feedbench, in about ten minutes')
      .example('$0 gate --resume results/gates/2026-01-01T00-00-00Z-gate', 'go on after Ctrl-C')
      .example('$0 gate --from results/gates/2026-01-01T00-00-00Z-gate --json', 'the verdict again, to the byte') as never,
  run: (options, terminal) => gate(options as unknown as GateOptions, terminal),
}

async function gate(options: GateOptions, terminal: Terminal): Promise<number> {
  const interruption = new AbortController()
  terminal.onInterrupt((signal) => interruption.abort(signal))
  if (options.from !== undefined) return again(options.from, options, terminal)
  const { outcome, folder } = await execute(options, interruption.signal, terminal)
  return show(outcome, folder.path, options, terminal)
}

/** Same rounds, same verdict, to the byte. */
async function again(from: string, options: GateOptions, terminal: Terminal): Promise<number> {
  for (const name of ['scenario', 'baseline', 'candidate', 'transports', 'clients', 'seed', 'out', 'resume'] as const)
    if (options[name] !== undefined) throw usage(`--from alone, for it measures nothing`, name)
  const { result } = await openGateFolder(from)
  const decided = { ...result, verdict: decide(result.rounds, result.rules) }
  return show({ result: decided, failure: null }, null, options, terminal)
}

async function show(
  { result, failure }: GateOutcome,
  folder: string | null,
  options: GateOptions,
  terminal: Terminal,
): Promise<number> {
  const { stdout, stderr, env } = terminal
  const exitCode = exitCodeOf({ result, failure }, options.inconclusive)
  if (options.json) {
    const document = failure === null ? result : { ...result, error: { problems: failure.problems.map(jsonProblem) } }
    stdout.write(`${JSON.stringify(document, null, 1)}\n`)
  } else stdout.write(renderGate(result, { colour: hasColour(stdout, env), width: widthOf(stdout) }))
  if (failure !== null) stderr.write(plainError(failure))
  if (folder !== null) (options.json ? stderr : stdout).write(`${folder}\n`)
  if (failure === null && exitCode !== result.verdict.exitCode)
    stderr.write(`${result.verdict.why} [let pass by --inconclusive=pass]\n`)
  // One that did not come to its end has nothing to tell but its error.
  if (failure === null) await writeCiOutputs(result, options, { env, log: stderr })
  return exitCode
}

/**
 * A gate that did not come to its end has no verdict, whatever its rounds say: it ends as what ended it. `pass` relaxes what is inconclusive, never what is invalid.
 * @internal for its test
 */
export function exitCodeOf({ result, failure }: GateOutcome, inconclusive: 'pass' | undefined): number {
  const { status, exitCode } = result.verdict
  if (failure !== null) return worstExitCode([failure.exitCode])
  return status === 'inconclusive' && inconclusive === 'pass' ? 0 : exitCode
}

async function execute(
  options: GateOptions,
  signal: AbortSignal,
  { stderr }: Terminal,
): Promise<{ outcome: GateOutcome; folder: GateFolder }> {
  const resumed = options.resume === undefined ? null : await openGateFolder(options.resume)
  const asked = askedOf(options, resumed?.result ?? null)
  const { transports, clients } = asked.overrides
  const overrides = { transports: transports ?? undefined, clients: clients ?? undefined, seed: options.seed }
  const scenario = await loadScenario(scenarioFile(asked.scenario), overrides, { forGate: true })
  const what = (side: Side) => required(options[side] ?? resumed?.result.sides[side].what, `--${side}`)
  const find = (side: Side) => findSide(side, what(side), scenario.target)
  const sides = { baseline: await find('baseline'), candidate: await find('candidate') }
  const fleet = new LocalFleet()
  const description = await fleet.describe()
  const { cpuPlacement } = placeTrial(2 * scenario.clients, description, scenario.pin)
  const context = { feedbench: { version: await feedbenchVersion() }, environment: await describeEnvironment(cpuPlacement) }
  const drawn = scenario.seed ?? resumed?.result.seed ?? randomInt(2 ** 32)
  const fresh = beginAb(scenario, asked, drawn, sides, context)
  const begun = resumed === null ? fresh : goOn(resumed.result, fresh, options.resume as string)
  const folder = resumed?.folder ?? (await createGateFolder(options.out ?? null, scenario.name, wallClockUs(), GATES_FOLDER))
  const progress = gateProgress(begun, scenario, stderr, options.progress)
  try {
    const outcome = await runGate({
      begun,
      folder,
      measure: abRounds(
        {
          scenario,
          sides,
          fleet,
          description,
          clock: systemClock,
          host: '127.0.0.1',
          signal,
          onPhase: progress.onPhase,
        },
        begun,
      ),
      onRound: progress.onRound,
      signal,
      abort: () => fleet.abort(),
    })
    return { outcome, folder }
  } finally {
    progress.end()
  }
}

/** A gate that goes on knows what was asked for when it began. */
function askedOf(options: GateOptions, resumed: GateResult | null): Pick<GateMeasurement, 'scenario' | 'overrides'> {
  const before = resumed?.measurement
  return {
    scenario: required(options.scenario ?? before?.scenario, 'a scenario, such as gate'),
    overrides: {
      transports: options.transports ?? before?.overrides.transports ?? null,
      clients: options.clients ?? before?.overrides.clients ?? null,
    },
  }
}

/** The rounds that there are, and those to come, have to be of the same gate. */
function goOn(before: GateResult, fresh: GateBegun, path: string): GateBegun {
  const { verdict: _old, ...begun } = before
  const differ = (['form', 'scenario', 'measurement', 'seed', 'rules', 'sides', 'feedbench'] as const).filter(
    (part) => !isDeepStrictEqual(JSON.parse(JSON.stringify(before[part])), JSON.parse(JSON.stringify(fresh[part]))),
  )
  if (differ.length === 0) return begun
  throw new FeedbenchError({
    code: 'E_GATE_RESUME',
    where: path,
    message: `expected the gate that was begun there, but ${differ.join(', ')} ${differ.length === 1 ? 'is' : 'are'} not the same`,
    hint: 'begin another gate with --out: rounds of different gates do not add up',
  })
}

function required(value: string | undefined, what: string): string {
  if (value !== undefined && value !== '') return value
  throw usage(`${what}, got nothing`, null)
}

function usage(expected: string, name: string | null): FeedbenchError {
  return new FeedbenchError({
    code: 'E_USAGE',
    where: 'command line',
    message: `expected ${expected}${name === null ? '' : `, got ${name} too`}`,
    hint: 'feedbench gate --help has all options, with examples',
  })
}

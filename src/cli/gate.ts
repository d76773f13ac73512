import type { GateOutcome } from '../gate/gate.js'
import { type CiFiles, writeCiOutputs } from '../library/ci-outputs.js'
import { FeedbenchError, worstExitCode } from '../model/errors.js'
import { renderGate } from '../report/gate.js'
import { notAGate } from '../results/gate-folder.js'
import { withCiOptions } from './ci-options.js'
import { type Command, jsonProblem, plainError } from './command.js'
import { decidedAgain } from './gate-again.js'
import { conductGate, type GateRequest, usage } from './gate-session.js'
import { PROGRESS_STYLES } from './live-progress.js'
import { hasColour, type Terminal, widthOf } from './terminal.js'

interface GateOptions extends GateRequest, CiFiles {
  from?: string
  json: boolean
  inconclusive?: 'pass'
}

export const gateCommand: Command = {
  options: (parser) =>
    withCiOptions(parser)
      .positional('scenario', {
        type: 'string',
        describe: 'A YAML file, or the name of one that comes along: gate is made for this',
      })
      .option('baseline', {
        type: 'string',
        requiresArg: true,
        describe:
          'What was before: a folder with a built feedbench; with a target, the folder of its command, or another command',
      })
      .option('candidate', { type: 'string', requiresArg: true, describe: 'What is to be judged; the same kinds' })
      .option('against', {
        type: 'string',
        requiresArg: true,
        describe: 'Instead of --baseline: the name of a baseline that was saved; 20 runs are held against its runs',
      })
      .option('transports', { type: 'string', requiresArg: true, describe: 'Only these, by name or label, separated by commas' })
      .option('clients', { type: 'string', requiresArg: true, describe: "Clients of each side, instead of the scenario's" })
      .option('seed', {
        type: 'string',
        requiresArg: true,
        describe: 'Of order, sides, publish times and poll phases; drawn and recorded where not given',
      })
      .option('allow-remote', {
        type: 'boolean',
        default: false,
        describe: 'Let the target be a server on another machine, which is then put under load',
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
        describe: 'Do not end with 3 where all rounds could not tell; what is invalid or not finished still does',
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
  const { outcome, folder } = await conductGate(options, interruption.signal, terminal.stderr)
  return show(outcome, folder.path, options, terminal)
}

/** Same rounds, same verdict, to the byte. */
async function again(from: string, options: GateOptions, terminal: Terminal): Promise<number> {
  for (const name of ['scenario', 'baseline', 'candidate', 'against', 'transports', 'clients', 'seed', 'out', 'resume'] as const)
    if (options[name] !== undefined) throw usage(`--from alone, for it measures nothing`, name)
  if (options.allowRemote === true) throw usage('--from alone, for it measures nothing', 'allow-remote')
  const result = await decidedAgain(from)
  if (result === null) throw notAGate(from)
  return show({ result, failure: null }, null, options, terminal)
}

async function show(ended: GateOutcome, folder: string | null, options: GateOptions, terminal: Terminal): Promise<number> {
  const { stdout, stderr, env } = terminal
  const { result } = ended
  const isLetPass = ended.failure === null && exitCodeOf(ended, options.inconclusive) !== result.verdict.exitCode
  const failure = await tellCi(ended, isLetPass, options, terminal)
  if (options.json) {
    const document = failure === null ? result : { ...result, error: { problems: failure.problems.map(jsonProblem) } }
    stdout.write(`${JSON.stringify(document, null, 1)}\n`)
  } else stdout.write(renderGate(result, { colour: hasColour(stdout, env), width: widthOf(stdout) }))
  if (failure !== null) stderr.write(plainError(failure))
  if (folder !== null) (options.json ? stderr : stdout).write(`${folder}\n`)
  if (isLetPass) stderr.write(`${result.verdict.why} [let pass by --inconclusive=pass]\n`)
  return exitCodeOf({ result, failure }, options.inconclusive)
}

/**
 * However it ended, CI is told what finished. Resolves to all that went wrong, files that could not be written among it.
 * @internal for its test
 */
export async function tellCi(
  { result, failure }: GateOutcome,
  isLetPass: boolean,
  files: CiFiles,
  { env, stderr }: Pick<Terminal, 'env' | 'stderr'>,
): Promise<FeedbenchError | null> {
  try {
    await writeCiOutputs(result, files, { env, log: stderr, failure, isLetPass })
    return failure
  } catch (error) {
    if (!(error instanceof FeedbenchError)) throw error
    return new FeedbenchError([...(failure?.problems ?? []), ...error.problems], { cause: error })
  }
}

/**
 * A gate that did not come to its end has no verdict, whatever its rounds say: it ends as what ended it. `pass` relaxes what is inconclusive after the last look, never what
 * is invalid, not finished, or compared with a baseline of another machine, of which nothing was measured.
 * @internal for its test
 */
export function exitCodeOf({ result, failure }: GateOutcome, inconclusive: 'pass' | undefined): number {
  const { status, look, exitCode } = result.verdict
  if (failure !== null) return worstExitCode([failure.exitCode])
  return status === 'inconclusive' && look !== null && inconclusive === 'pass' ? 0 : exitCode
}

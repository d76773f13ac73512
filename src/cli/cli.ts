import yargs from 'yargs'
import { ERROR_CODES, FeedbenchError, type Problem } from '../model/errors.js'
import { feedbenchVersion } from '../results/environment.js'
import { baselineCommand } from './baseline.js'
import { checkTargetCommand } from './check-target.js'
import { type Command, jsonProblem, plainError } from './command.js'
import { compareCommand } from './compare.js'
import { completionsOf, optionBefore, wordsToComplete } from './completion.js'
import { doctorCommand } from './doctor.js'
import { gateCommand } from './gate.js'
import { initCommand } from './init.js'
import { listCommand } from './list.js'
import { reportCommand } from './report.js'
import { runCommand } from './run.js'
import { selftestCommand } from './selftest.js'
import { serveCommand } from './serve.js'
import type { Output, Terminal } from './terminal.js'
import { usageError } from './usage-error.js'

const COMMANDS: readonly Command[] = [
  runCommand,
  checkTargetCommand,
  serveCommand,
  listCommand,
  reportCommand,
  compareCommand,
  gateCommand,
  baselineCommand,
  doctorCommand,
  selftestCommand,
  initCommand,
]

/** Runs what a command line says and resolves to the exit code. Never rejects: what a user did is explained, and a bug is shown as one. */
export async function cli(argv: readonly string[], terminal: Terminal): Promise<number> {
  // Whoever reads a pipe may stop, as head does: that breaks neither the run nor its exit code.
  for (const output of [terminal.stdout, terminal.stderr]) output.on?.('error', () => {})
  const words = wordsToComplete(argv)
  if (words !== null) return complete(words, argv, terminal)
  try {
    return await dispatch(argv, terminal)
  } catch (error) {
    return explain(error, argv.includes('--json') || argv.includes('--json=true'), terminal)
  }
}

/** A shell waits for this between two keys, and shows whatever it gets: lines on stdout, and nothing else, whatever happens. */
async function complete(words: readonly string[], argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const completions = completionsOf(words) ?? (await ordinaryCompletions(words, argv, terminal))
    terminal.stdout.write(completions.map((text) => `${text}\n`).join(''))
  } catch {
    // A line that cannot be read yet is one that nothing completes.
  }
  return 0
}

async function ordinaryCompletions(words: readonly string[], argv: readonly string[], terminal: Terminal): Promise<string[]> {
  let text = ''
  const keep = (part: string) => {
    text += part
  }
  await dispatch(argv, { ...terminal, stdout: { write: keep } })
  // Where a value is due, yargs offers options too.
  return text.split('\n').filter((line) => line !== '' && !(optionBefore(words) !== null && line.startsWith('-')))
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0
  let parser = yargs([...argv])
    .scriptName('feedbench')
    .locale('en')
    .usage('$0 <command>\n\nMeasures how late, how heavy and how lossy a live feed is over each transport.')
    .version(await feedbenchVersion())
    .strict()
    .demandCommand(1, 'expected a command, got none')
    .wrap(Math.min(100, terminal.stdout.columns ?? 100))
    .completion('completion', 'Print a script that lets your shell (bash, zsh or fish, as $SHELL says) complete command lines')
    .help()
    .alias('help', 'h')
    .exitProcess(false)
    .check(refuseRepeated)
    .fail((message, error) => {
      // What yargs itself complains of comes as an error too, for some mistakes.
      const isFromYargs = error === undefined || error === null || error.name === 'YError'
      throw isFromYargs
        ? usageError(message ?? error?.message ?? 'expected a command line that can be read', argv, COMMANDS)
        : error
    })
  for (const { usage, describe, options, run } of COMMANDS) {
    parser = parser.command(usage, describe, options, async (parsed) => {
      exitCode = await run(parsed, terminal)
    })
  }
  await parser.parseAsync([...argv], {}, (error: Error | undefined, _parsed: unknown, output: string) => {
    // What yargs would print: the help or the version.
    if (error === undefined || error === null) terminal.stdout.write(output === '' ? '' : `${output}\n`)
  })
  return exitCode
}

/** Which of two values was meant, nobody can say. Positionals may be several. */
function refuseRepeated(parsed: Record<string, unknown>): true {
  const repeated = Object.keys(parsed).find((key) => key !== '_' && key !== 'run' && Array.isArray(parsed[key]))
  if (repeated === undefined) return true
  throw usageError(`expected --${repeated} once, got ${JSON.stringify(parsed[repeated])}`)
}

function explain(error: unknown, asJson: boolean, { stdout, stderr }: Pick<Terminal, 'stdout' | 'stderr'>): number {
  const known = error instanceof FeedbenchError ? error : new FeedbenchError(bug(error), { cause: error })
  if (asJson) stdout.write(`${JSON.stringify({ error: { problems: known.problems.map(jsonProblem) } })}\n`)
  if (!asJson || known.exitCode === ERROR_CODES.E_BUG.exitCode) stderr.write(plainError(known))
  return known.exitCode
}

/** Shows what no command expected, wherever it came from; the exit code for it. */
export function explainBug(error: unknown, stderr: Output): number {
  return explain(error, false, { stdout: stderr, stderr })
}

function bug(error: unknown): Problem {
  return {
    code: 'E_BUG',
    where: 'feedbench',
    message: error instanceof Error ? error.message : String(error),
    hint: 'please report this, with the command and what it printed',
  }
}

import yargs from 'yargs'
import { ERROR_CODES, FeedbenchError, type Problem } from '../model/errors.js'
import { feedbenchVersion } from '../results/environment.js'
import { type Command, jsonProblem, plainProblem } from './command.js'
import { completionsOf, optionBefore, wordsToComplete } from './completion.js'
import { doctorCommand } from './doctor.js'
import { initCommand } from './init.js'
import { listCommand } from './list.js'
import { reportCommand } from './report.js'
import { runCommand } from './run.js'
import { serveCommand } from './serve.js'
import type { Output, Terminal } from './terminal.js'

const COMMANDS: readonly Command[] = [runCommand, serveCommand, listCommand, reportCommand, doctorCommand, initCommand]

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
    .demandCommand(1, 'expected a command')
    .recommendCommands()
    .wrap(Math.min(100, terminal.stdout.columns ?? 100))
    .completion('completion', 'Print a script that lets your shell (bash, zsh or fish, as $SHELL says) complete command lines')
    .help()
    .alias('help', 'h')
    .exitProcess(false)
    .check(refuseRepeated)
    .fail((message, error) => {
      // What yargs itself complains of comes as an error too, for some mistakes.
      const isFromYargs = error === undefined || error === null || error.name === 'YError'
      throw isFromYargs ? usageError(message ?? error?.message ?? 'expected a command line that can be read') : error
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

function usageError(message: string): FeedbenchError {
  return new FeedbenchError({
    code: 'E_USAGE',
    where: 'command line',
    message: inOurWords(message),
    hint: 'feedbench --help and feedbench <command> --help have the commands and options, with examples',
  })
}

/** What yargs finds, as an error of ours reads. */
function inOurWords(message: string): string {
  const unknown = /^Unknown (argument|command)s?: (.*)$/.exec(message)
  if (unknown !== null) return `expected a known ${unknown[1] === 'command' ? 'command' : 'option'}, got ${unknown[2]}`
  const meant = /^Did you mean (.*)\?$/.exec(message)
  if (meant !== null) return `expected a known command or option, such as ${meant[1]}, got another`
  if (message.startsWith('Not enough non-option arguments'))
    return 'expected what the command is about, such as a scenario or a run, got nothing'
  const bare = /^Not enough arguments following: (.*)$/.exec(message)
  if (bare !== null) return `expected a value after --${bare[1]}, got none`
  return message.replaceAll('\n', '; ')
}

function explain(error: unknown, asJson: boolean, { stdout, stderr }: Pick<Terminal, 'stdout' | 'stderr'>): number {
  const problems = error instanceof FeedbenchError ? error.problems : [bug(error)]
  if (asJson) stdout.write(`${JSON.stringify({ error: { problems: problems.map(jsonProblem) } })}\n`)
  else for (const problem of problems) stderr.write(`${plainProblem(problem)}\n`)
  // Only a bug shows where it is: whoever reports it needs that.
  if (!(error instanceof FeedbenchError) && error instanceof Error) stderr.write(`${error.stack}\n`)
  return error instanceof FeedbenchError ? error.exitCode : ERROR_CODES.E_BUG.exitCode
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

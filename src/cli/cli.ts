import yargs from 'yargs'
import { ERROR_CODES, FeedbenchError, type Problem } from '../model/errors.js'
import { feedbenchVersion } from '../results/environment.js'
import { type Command, jsonProblem, plainError } from './command.js'
import { COMMANDS, type CommandEntry, nameOf } from './commands.js'
import { optionBefore, wordsToComplete } from './line-to-complete.js'
import type { Output, Terminal } from './terminal.js'
import { NotUnderstood, usageError } from './usage-error.js'

/** Runs what a command line says and resolves to the exit code. Never rejects: what a user did is explained, and a bug is shown as one. */
export async function cli(argv: readonly string[], terminal: Terminal): Promise<number> {
  // Whoever reads a pipe may stop, as head does: that breaks neither the run nor its exit code.
  for (const output of [terminal.stdout, terminal.stderr]) output.on?.('error', () => {})
  const words = wordsToComplete(argv)
  if (words !== null) return complete(words, argv, terminal)
  try {
    return await dispatch(argv, terminal)
  } catch (error) {
    const explained = error instanceof NotUnderstood ? await usageError(error.message, argv, COMMANDS) : error
    return explain(explained, argv.includes('--json') || argv.includes('--json=true'), terminal)
  }
}

/** A shell waits for this between two keys, and shows whatever it gets: lines on stdout, and nothing else, whatever happens. */
async function complete(words: readonly string[], argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const { completionsOf } = await import('./completion.js')
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
  const commands = await namedIn(argv)
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
      throw isFromYargs ? new NotUnderstood(message ?? error?.message ?? 'expected a command line that can be read') : error
    })
  for (const entry of COMMANDS) {
    const command = commands.get(entry)
    parser = parser.command(
      entry.usage,
      entry.describe,
      (own) => command?.options(own) ?? own,
      async (parsed) => {
        if (command === undefined) throw new Error(`${entry.usage} was run, and is no word of the command line`)
        exitCode = await command.run(parsed, terminal)
      },
    )
  }
  await parser.parseAsync([...argv], {}, (error: Error | undefined, _parsed: unknown, output: string) => {
    // What yargs would print: the help or the version.
    if (error === undefined || error === null) terminal.stdout.write(output === '' ? '' : `${output}\n`)
  })
  return exitCode
}

/** The command that is meant is among them: its name is a word of the line. yargs asks for options at once, and cannot wait for a module. */
async function namedIn(argv: readonly string[]): Promise<Map<CommandEntry, Command>> {
  const named = COMMANDS.filter((entry) => argv.includes(nameOf(entry)))
  return new Map(await Promise.all(named.map(async (entry) => [entry, await entry.load()] as const)))
}

/** Which of two values was meant, nobody can say. Positionals may be several. */
function refuseRepeated(parsed: Record<string, unknown>): true {
  const repeated = Object.keys(parsed).find((key) => key !== '_' && key !== 'run' && Array.isArray(parsed[key]))
  if (repeated === undefined) return true
  throw new NotUnderstood(`expected --${repeated} once, got ${JSON.stringify(parsed[repeated])}`)
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

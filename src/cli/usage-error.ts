import yargs from 'yargs'
import { FeedbenchError, type Problem } from '../model/errors.js'
import { nearest, show, suggest } from '../scenario/problems.js'
import { type CommandEntry, nameOf } from './commands.js'

/** The command that yargs itself brings along. */
const COMPLETION = 'completion'

/** What the parser says of a line that it cannot read. */
export class NotUnderstood extends Error {}

/** What of a command line is not understood: each word that is not known, with the nearest that is; else what the parser says. */
export async function usageError(
  message: string,
  argv: readonly string[],
  commands: readonly CommandEntry[],
): Promise<FeedbenchError> {
  const word = argv.find((argument) => !argument.startsWith('-'))
  const command = commands.find((entry) => nameOf(entry) === word)
  const hint = `feedbench ${command === undefined ? '' : `${word} `}--help has all ${command === undefined ? 'commands' : 'options'}, with examples`
  const problems: Problem[] = []
  const add = (message: string, meant?: string) =>
    problems.push({ code: 'E_USAGE', where: 'command line', message, hint: meant === undefined ? hint : `${meant} (${hint})` })
  const names = [...commands.map(nameOf), COMPLETION]
  if (word !== undefined && !names.includes(word))
    add(`expected a known command, got ${show(word)}`, suggest(word, names, 'commands'))
  const known = await optionsOf(command === undefined ? commands : [command])
  for (const option of optionsGiven(argv).filter((given) => !known.includes(given))) {
    const meant = nearest(option, known)
    add(`expected a known option, got ${show(option)}`, meant && `did you mean ${meant}?`)
  }
  if (problems.length === 0) add(inOurWords(message))
  return new FeedbenchError(problems)
}

/** As they are written, `--clients`. */
async function optionsOf(commands: readonly CommandEntry[]): Promise<string[]> {
  const loaded = await Promise.all(commands.map((entry) => entry.load()))
  const names = loaded.flatMap(({ options }) => {
    const parser = yargs([])
    options(parser)
    return Object.keys((parser as unknown as { getOptions(): { key: object } }).getOptions().key)
  })
  return [...new Set(['help', 'version', ...names])].map((name) => `--${name}`)
}

/** Without their values, and as if `--no-json` were `--json`; what follows `--` is none. */
function optionsGiven(argv: readonly string[]): string[] {
  const end = argv.indexOf('--')
  const words = end < 0 ? argv : argv.slice(0, end)
  return words.filter((word) => /^--[a-z]/i.test(word)).map((word) => word.replace(/=.*$/s, '').replace(/^--no-/, '--'))
}

/** What yargs finds, as an error of ours reads. */
function inOurWords(message: string): string {
  const unknown = /^Unknown (?:argument|command)s?: (.*)$/s.exec(message)
  if (unknown !== null) return `expected nothing more, got ${show(unknown[1])}`
  if (message.startsWith('Not enough non-option arguments'))
    return 'expected what the command is about, such as a scenario or a run, got nothing'
  const bare = /^Not enough arguments following: (.*)$/.exec(message)
  if (bare !== null) return `expected a value after --${bare[1]}, got none`
  return message.replaceAll('\n', '; ')
}

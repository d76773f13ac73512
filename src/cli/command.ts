import type { Argv } from 'yargs'
import { formatProblem, type Problem } from '../model/errors.js'
import { visible } from '../report/escape.js'
import type { Terminal } from './terminal.js'

/** A command: its words and options, and what it does, which ends in an exit code. */
export interface Command {
  usage: string
  describe: string
  options(parser: Argv): Argv
  run(options: Record<string, unknown>, terminal: Terminal): Promise<number>
}

/** `{code, where, message, hint}`; no hint is `null`. */
export function jsonProblem({ code, where, message, hint }: Problem): Record<string, string | null> {
  return { code, where, message, hint: hint ?? null }
}

/** For a terminal, which must not act on what the name of a file or a member's last words say. */
export function plainProblem(problem: Problem): string {
  return formatProblem(problem).split('\n').map(visible).join('\n')
}

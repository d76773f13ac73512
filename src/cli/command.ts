import type { Argv } from 'yargs'
import { type FeedbenchError, formatProblem, type Problem } from '../model/errors.js'
import { visible } from '../report/escape.js'
import type { Terminal } from './terminal.js'

/** What a command can be told, and what it does, which ends in an exit code. */
export interface Command {
  options(parser: Argv): Argv
  run(options: Record<string, unknown>, terminal: Terminal): Promise<number>
}

/** `{code, where, message, hint}`; no hint is `null`. */
export function jsonProblem({ code, where, message, hint }: Problem): Record<string, string | null> {
  return { code, where, message, hint: hint ?? null }
}

/** For a terminal, which must not act on what the name of a file or a member's last words say. Only a bug shows where it is: whoever reports it needs that. */
export function plainError({ problems, cause }: FeedbenchError): string {
  const isBug = problems.some(({ code }) => code === 'E_BUG')
  const texts = [...problems.map(formatProblem), ...(isBug && cause instanceof Error ? [cause.stack ?? ''] : [])]
  return texts.map((text) => `${text.split('\n').map(visible).join('\n')}\n`).join('')
}

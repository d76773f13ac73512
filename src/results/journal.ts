import type { Trial } from '../model/trial.js'
import { checked, parseJson } from './check.js'
import { trialSchema } from './schema.js'

export interface JournalLine {
  /** From 1. */
  line: number
  trial: Trial
}

/**
 * The trials of a journal; `migrate`: of an older version. A last line without its line break was being written when the run ended and is passed over;
 * a broken line before that is an error: E_RESULT_SCHEMA with `file:line`.
 */
export function parseJournal(file: string, text: string, migrate: (trial: unknown) => unknown = (trial) => trial): JournalLine[] {
  const lines: JournalLine[] = []
  for (let start = 0, line = 1; start < text.length; line++) {
    const end = text.indexOf('\n', start)
    if (end === -1) break
    const where = `${file}:${line}`
    lines.push({ line, trial: checked(where, migrate(parseJson(where, text.slice(start, end))), trialSchema) })
    start = end + 1
  }
  return lines
}

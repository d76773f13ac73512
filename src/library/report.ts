import { summarize } from '../analysis/summary.js'
import type { Result } from '../model/result.js'
import { reportFormat } from '../report/formats.js'
import { renderTerminal } from '../report/terminal.js'
import { readRun as read } from '../results/read.js'
import { pageAssets } from './page-assets.js'

/**
 * Reads a run from its folder or its `result.json`; of one that was killed, what had finished.
 * @throws FeedbenchError E_FILE_NOT_FOUND, E_NOT_A_RUN, E_FILE_TOO_LARGE, or E_RESULT_SCHEMA with the first 20 problems
 */
export function readRun(path: string): Promise<Result> {
  return read(path, summarize)
}

/**
 * Renders one or several results as the command `report` does; `format`: as its `--format`, such as `markdown`.
 * @throws FeedbenchError E_FORMAT, which names those that there are
 */
export function renderReport(results: Result | readonly Result[], format = 'markdown'): string {
  return reportFormat(format).render(Array.isArray(results) ? results : [results as Result], pageAssets)
}

export interface TableOptions {
  /** ANSI colours; default: none. */
  colour?: boolean | undefined
  /** In characters; default: 120. */
  width?: number | undefined
}

/** The comparison as the command `run` prints it. */
export function renderTable(result: Result, { colour = false, width = 120 }: TableOptions = {}): string {
  return renderTerminal(result, { colour, width })
}

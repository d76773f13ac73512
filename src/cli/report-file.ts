import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { renderReport } from '../index.js'
import type { FeedbenchError } from '../model/errors.js'
import type { Result } from '../model/result.js'
import { outputError } from '../results/output-error.js'

const REPORT_FILE = 'report.html'

/** Writes the HTML report of a run into its folder, whole or not at all; resolves to its path, or to why it is not there. */
export async function writeReportFile(folder: string, result: Result): Promise<string | FeedbenchError> {
  const file = join(folder, REPORT_FILE)
  const draft = `${file}.${process.pid}.tmp`
  try {
    await writeFile(draft, renderReport(result, 'html'))
    await rename(draft, file)
    return file
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    return outputError(file, error)
  }
}

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { summarize } from '../analysis/summary.js'
import { pageAssets } from '../library/page-assets.js'
import { REPORT_FORMATS, reportFormat } from '../report/formats.js'
import { outputError } from '../results/output-error.js'
import { readRun } from '../results/read.js'
import type { Command } from './command.js'
import type { Terminal } from './terminal.js'

interface ReportOptions {
  run: string[]
  format: string
  out?: string
}

export const reportCommand: Command = {
  usage: 'report <run..>',
  describe: 'Render one or more runs',
  options: (parser) =>
    parser
      .positional('run', { type: 'string', array: true, describe: 'Run folders, or their result.json', demandOption: true })
      .option('format', {
        type: 'string',
        default: 'markdown',
        requiresArg: true,
        describe: Object.keys(REPORT_FORMATS).join(', '),
      })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'A file (for hgrm a folder, which gets one a trial); default: stdout',
      })
      .example('$0 report results/runs/2026-01-01T00-00-00Z-quick', 'the table as Markdown')
      .example('$0 report run1 run2 --out comparison.md', 'two runs side by side')
      .example('$0 report run1 --format html --out report.html', 'a page with charts, in one file')
      .example('$0 report run1 --format csv', 'a row a measurement, for programs') as never,
  run: (options, terminal) => report(options as unknown as ReportOptions, terminal),
}

async function report({ run: paths, format, out }: ReportOptions, { stdout }: Terminal): Promise<number> {
  const { render, files } = reportFormat(format)
  const results = await Promise.all(paths.map((path) => readRun(path, summarize)))
  if (out === undefined) stdout.write(render(results, pageAssets))
  else if (files !== undefined) await writeFolder(out, files(results))
  else await writeReport(out, render(results, pageAssets))
  return 0
}

async function writeFolder(folder: string, files: readonly { name: string; text: string }[]): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw outputError(folder, error)
  })
  for (const { name, text } of files) await writeReport(join(folder, name), text)
}

async function writeReport(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw outputError(file, error)
  })
}

import { writeFile } from 'node:fs/promises'
import { summarize } from '../analysis/summary.js'
import { pageAssets } from '../library/page-assets.js'
import { reportFormat } from '../report/formats.js'
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
      .option('format', { type: 'string', default: 'markdown', requiresArg: true, describe: 'markdown' })
      .option('out', { type: 'string', requiresArg: true, describe: 'A file; default: stdout' })
      .example('$0 report results/runs/2026-01-01T00-00-00Z-quick', 'the table as Markdown')
      .example('$0 report run1 run2 --out comparison.md', 'two runs, one below the other') as never,
  run: (options, terminal) => report(options as unknown as ReportOptions, terminal),
}

async function report({ run: paths, format, out }: ReportOptions, { stdout }: Terminal): Promise<number> {
  const { render } = reportFormat(format)
  const results = await Promise.all(paths.map((path) => readRun(path, summarize)))
  const text = render(results, pageAssets)
  if (out === undefined) stdout.write(text)
  else {
    await writeFile(out, text).catch((error: unknown) => {
      throw outputError(out, error)
    })
  }
  return 0
}

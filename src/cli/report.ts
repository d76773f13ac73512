import { mkdir, writeFile } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { summarize } from '../analysis/summary.js'
import { appendSummary } from '../library/ci-outputs.js'
import { pageAssets } from '../library/page-assets.js'
import type { GateResult } from '../model/gate.js'
import type { Result } from '../model/result.js'
import { ciOfGate } from '../report/ci/of-gate.js'
import { ciOfRun } from '../report/ci/of-run.js'
import { ciFormat, REPORT_FORMATS, reportFormat } from '../report/formats.js'
import { outputError } from '../results/output-error.js'
import { readRun } from '../results/read.js'
import { type Command, plainError } from './command.js'
import { decidedAgain } from './gate-again.js'
import type { Terminal } from './terminal.js'

interface ReportOptions {
  run: string[]
  format: string
  out?: string
}

export const reportCommand: Command = {
  options: (parser) =>
    parser
      .positional('run', {
        type: 'string',
        array: true,
        describe: 'Folders of runs or gates, or their result.json or gate.json',
        demandOption: true,
      })
      .option('format', {
        type: 'string',
        default: 'markdown',
        requiresArg: true,
        describe: Object.keys(REPORT_FORMATS).join(', '),
      })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'A file (for hgrm a folder, which gets one a trial; for markdown with a picture beside it); default: stdout',
      })
      .example('$0 report results/runs/2026-01-01T00-00-00Z-quick', 'the table as Markdown')
      .example('$0 report run1 run2 --out comparison.md', 'two runs side by side, and comparison.svg')
      .example('$0 report run1 --format html --out report.html', 'a page with charts, in one file')
      .example('$0 report run1 --format junit --out junit.xml', 'thresholds and verdicts as test cases, for CI')
      .example('$0 report run1 --format csv', 'a row a measurement, for programs') as never,
  run: (options, terminal) => report(options as unknown as ReportOptions, terminal),
}

async function report({ run: paths, format, out }: ReportOptions, { stdout, stderr, env }: Terminal): Promise<number> {
  const { render, files, illustrated } = reportFormat(format)
  const read = await Promise.all(paths.map(readRunOrGate))
  const results = read.flatMap(({ run }) => (run === null ? [] : [run]))
  const reports = read.map(({ run, gate }) => (run === null ? ciOfGate(gate) : ciOfRun(run)))
  const isOfRuns = results.length === read.length
  const text = (): string => (isOfRuns ? render(results, pageAssets) : ciFormat(format).renderCi(reports))
  if (out === undefined) stdout.write(text())
  else if (files !== undefined && isOfRuns) await writeFolder(out, files(results))
  else if (illustrated !== undefined && isOfRuns) await writeIllustrated(out, (picture) => illustrated(results, picture))
  else await writeReport(out, text())
  if (format === 'github') {
    const problem = await appendSummary(reports, env)
    if (problem !== null) stderr.write(plainError(problem))
  }
  return 0
}

/** A folder with a gate in it is one, whatever else it holds: with all its rounds and what these say, though it was killed before it wrote that down. */
async function readRunOrGate(path: string): Promise<{ run: Result; gate: null } | { run: null; gate: GateResult }> {
  const gate = await decidedAgain(path)
  return gate === null ? { run: await readRun(path, summarize), gate } : { run: null, gate }
}

async function writeFolder(folder: string, files: readonly { name: string; text: string }[]): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw outputError(folder, error)
  })
  for (const { name, text } of files) await writeReport(join(folder, name), text)
}

/** The picture goes beside the file, under its name. */
async function writeIllustrated(out: string, render: (picture: string) => { text: string; picture: string }): Promise<void> {
  const { dir, name } = parse(out)
  const { text, picture } = render(`${name}.svg`)
  await writeReport(join(dir, `${name}.svg`), picture)
  await writeReport(out, text)
}

async function writeReport(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw outputError(file, error)
  })
}

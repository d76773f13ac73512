import { writeFile } from 'node:fs/promises'
import { compareRuns } from '../analysis/compare/compare.js'
import { summarize } from '../analysis/summary.js'
import { FeedbenchError } from '../model/errors.js'
import { COMPARISON_FORMATS, comparisonFormat } from '../report/compare-formats.js'
import { outputError } from '../results/output-error.js'
import { readRun } from '../results/read.js'
import type { Command } from './command.js'
import { hasColour, type Terminal, widthOf } from './terminal.js'

interface CompareOptions {
  baseline: string
  candidate: string
  format?: string
  out?: string
  json: boolean
}

export const compareCommand: Command = {
  options: (parser) =>
    parser
      .positional('baseline', { type: 'string', describe: 'A run folder, or its result.json', demandOption: true })
      .positional('candidate', { type: 'string', describe: 'Another, of the same scenario', demandOption: true })
      .option('format', {
        type: 'string',
        requiresArg: true,
        describe: `${Object.keys(COMPARISON_FORMATS).join(', ')}; default: terminal`,
      })
      .option('out', { type: 'string', requiresArg: true, describe: 'A file; default: stdout' })
      .option('json', { type: 'boolean', default: false, describe: 'The same as --format json' })
      .example('$0 compare results/runs/before results/runs/after', 'a table; ten rounds or more a side tell most')
      .example('$0 compare before after --format html --out comparison.html', 'a page with a drawing of each interval') as never,
  run: (options, terminal) => compare(options as unknown as CompareOptions, terminal),
}

async function compare({ baseline, candidate, format, out, json }: CompareOptions, { stdout, env }: Terminal): Promise<number> {
  if (json && format !== undefined && format !== 'json') throw twoFormats(format)
  const render = comparisonFormat(json ? 'json' : (format ?? 'terminal'))
  const [left, right] = await Promise.all([readRun(baseline, summarize), readRun(candidate, summarize)])
  const comparison = compareRuns({ path: baseline, result: left }, { path: candidate, result: right })
  const text = render(comparison, { colour: out === undefined && hasColour(stdout, env), width: widthOf(stdout) })
  if (out === undefined) stdout.write(text)
  else await writeOut(out, text)
  return comparison.exitCode
}

function twoFormats(format: string): FeedbenchError {
  return new FeedbenchError({
    code: 'E_USAGE',
    where: '--format',
    message: `expected json beside --json, got ${JSON.stringify(format)}`,
    hint: 'leave one of the two away',
  })
}

async function writeOut(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw outputError(file, error)
  })
}

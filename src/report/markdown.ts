import type { Result } from '../model/result.js'
import { COLUMN_NOTES, COLUMNS, type Column, fullName, spreadOf } from './columns.js'
import { comparisonsOf, type LoadPointView, type RowStanding, type RowView, standingSentence } from './comparison.js'
import { markdownCode, markdownText, oneLine } from './escape.js'
import { describeLoad, describeMethod, shortLoad } from './load.js'
import { networkNotes } from './network.js'
import { noWinnerNotes, reasonNotes, thresholdNote } from './notes.js'
import { describeEnvironment, repeatCommand } from './origin.js'
import { predictionNotes, predictionRows } from './predictions.js'
import { publishedView } from './published.js'
import { sideBySide } from './side-by-side.js'
import { slowReaderNotes } from './slow-readers.js'
import { roundUncertainty } from './uncertain.js'

/** Results as GitHub Markdown, a section each: for a pull request, an issue or a job summary. */
export function renderMarkdown(results: readonly Result[]): string {
  return `${[...runsTable(results), ...results.map((result) => section(result))].join('\n\n---\n\n')}\n`
}

/** The same with a picture of the latencies, by the name of its file beside. */
export function renderIllustratedMarkdown(results: readonly Result[], picture: string): string {
  // Whatever a file is called, its name must not end the link.
  const link = `![Latency from p50 to p99 of each label](${encodeURIComponent(picture).replace(/[()]/g, (sign) => (sign === '(' ? '%28' : '%29'))})`
  const runs = runsTable(results)
  const sections = results.map((result, place) => section(result, runs.length === 0 && place === 0 ? link : ''))
  return `${[...runs.map((table) => `${table}\n\n${link}`), ...sections].join('\n\n---\n\n')}\n`
}

/** Several runs next to each other, before each by itself. */
function runsTable(results: readonly Result[]): string[] {
  const rows = sideBySide(results)
  if (rows.length === 0) return []
  const names = results.map(({ plan }, run) => `${run + 1}: ${markdownText(plan.scenario.name)}`)
  const lines = [
    ['', 'load', 'figure', ...names],
    ['---', '---', '---', ...names.map(() => '--:')],
    ...rows.map(({ label: name, load, name: figure, cells }) => [
      markdownCode(name),
      markdownText(shortLoad(load)),
      figure,
      ...cells.map(
        ({ value, spread, isInvalid }) => `${isInvalid ? `:x: <del>${value}</del>` : value}${spread === '' ? '' : ` ${spread}`}`,
      ),
    ]),
  ]
  return [[`## ${results.length} runs side by side`, '', ...lines.map((cells) => `| ${cells.join(' | ')} |`)].join('\n')]
}

function section(result: Result, picture = ''): string {
  const { plan, environment, feedbench } = result
  const { name, description } = plan.scenario
  const blocks = [
    `## ${markdownText(name)}`,
    description === null ? '' : markdownText(oneLine(description)),
    `Latency is from the intended publish to the receipt, of the messages that arrived. ${markdownText(capitalised(describeMethod(plan)))}.`,
    endedEarly(result),
    picture,
    ...comparisonsOf(result).map(loadPoint),
    thresholds(result),
    published(result),
    [
      '<sub>',
      ...COLUMN_NOTES.map((note) => `${markdownText(note)}.<br>`),
      `${markdownText(describeEnvironment(environment, feedbench.version))}.`,
      '</sub>',
    ].join('\n'),
    repeat(result),
  ]
  return blocks.filter((block) => block !== '').join('\n\n')
}

function loadPoint(view: LoadPointView): string {
  const rows = view.rows.map((row) => [label(row), ...COLUMNS.map((column) => cell(column, row, view)), verdict(row)])
  const table = [['', ...COLUMNS.map(fullName), 'verdict'], ['---', ...COLUMNS.map(() => '--:'), '---'], ...rows]
  const sentences = [
    ...slowReaderNotes(view),
    ...roundUncertainty(view),
    ...noWinnerNotes(view.noWinner),
    ...predictionNotes(view.rows),
  ]
  const notes = [...sentences.map((note) => `- ${markdownText(note)}`), ...view.rows.flatMap(reasons)]
  const parts = [tableLines(table), predictions(view), notes].filter((lines) => lines.length > 0)
  const link = networkNotes(view).map((note) => `${markdownText(note)}.`)
  return [
    `### ${markdownText(describeLoad(view.load))}`,
    ...(link.length === 0 ? [] : ['', link.join(' ')]),
    ...parts.flatMap((lines) => ['', ...lines]),
  ].join('\n')
}

function predictions({ rows }: LoadPointView): string[] {
  const predicted = predictionRows(rows)
  if (predicted.length === 0) return []
  const cells = predicted.map(({ label, metric, measured, expected, offBy }) => [
    markdownCode(label),
    metric,
    ...[measured, expected, offBy].map(markdownText),
  ])
  return tableLines([['beside theory', '', 'measured', 'expected', 'off by'], ['---', '---', '--:', '--:', '--:'], ...cells])
}

function tableLines(rows: readonly string[][]): string[] {
  return rows.map((cells) => `| ${cells.join(' | ')} |`)
}

function label({ row, standing }: RowView): string {
  const isDoubtful = standing !== 'valid' && standing !== 'degraded'
  return `${isDoubtful ? ':x: ' : standing === 'degraded' ? ':warning: ' : ''}${markdownCode(row.label)}`
}

/** Bold where it is the best of its column, struck through where every round was invalid. */
function cell(column: Column, view: RowView, { winners }: LoadPointView): string {
  const value = markdownText(column.value(view))
  const spread = spreadOf(column, view)
  const shown =
    winners.get(column.metric) === view.row.label
      ? `**${value}**`
      : view.standing === 'unusable'
        ? `:x: <del>${value}</del>`
        : value
  return spread === '' ? shown : `${shown}<br>${markdownText(spread)}`
}

const VERDICTS: Record<RowStanding, string> = {
  valid: 'valid',
  degraded: 'degraded',
  'partly-invalid': '**invalid**',
  unusable: '**invalid**',
  absent: '**not run**',
}

function verdict({ standing, row, roundCount }: RowView): string {
  return standing === 'partly-invalid' ? `${VERDICTS[standing]}<br>${row.rounds.invalid} of ${roundCount}` : VERDICTS[standing]
}

function reasons(view: RowView): string[] {
  const notes = reasonNotes(view)
  if (notes.length === 0 && view.standing !== 'absent') return []
  const lines = notes.map(({ code, rounds, message, evidence }) => {
    const when = rounds === '' ? '' : ` (${markdownText(rounds)})`
    return `  - ${markdownCode(code)}${when}: ${markdownText(message)}${evidence === '' ? '' : ` (${markdownText(evidence)})`}`
  })
  return [`- ${markdownCode(view.row.label)} ${standingSentence(view)}`, ...lines]
}

const STATUS_WORDS = { pass: ':white_check_mark: pass', fail: ':x: **fail**', 'no-data': ':warning: **no data**' } as const

function thresholds({ summary }: Result): string {
  if (summary.thresholds.length === 0) return ''
  const rows = summary.thresholds.map(thresholdNote).map(({ threshold, status, details }) => {
    return `| ${STATUS_WORDS[status]} | ${markdownCode(threshold)} | ${details.map(markdownText).join('<br>')} |`
  })
  return ['| | threshold | measured |', '| --- | --- | --- |', ...rows].join('\n')
}

function published({ plan }: Result): string {
  if (plan.published === null) return ''
  const { source, figures, note } = publishedView({ name: plan.scenario.name, published: plan.published })
  const rows = figures.map(
    ({ what, published, expect }) => `| ${markdownText(what)} | ${markdownText(published)} | ${markdownCode(expect)} |`,
  )
  return [
    `| ${markdownText(source)} | published | must be |`,
    '| --- | --- | --- |',
    ...rows,
    '',
    `${markdownText(capitalised(note))}.`,
  ].join('\n')
}

function endedEarly({ summary }: Result): string {
  const { planned, finished } = summary.trials
  if (summary.endedEarly === null && planned === finished) return ''
  const why = summary.endedEarly === null ? '' : `: ${markdownText(summary.endedEarly)}`
  return `> :warning: **Ended early**${why}. ${finished} of ${planned} trials finished.`
}

function repeat(result: Result): string {
  const command = repeatCommand(result)
  return command === null ? '' : `Repeat it with ${markdownCode(command)}`
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

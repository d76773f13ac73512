import pc from 'picocolors'
import type { Colors } from 'picocolors/types.js'
import type { Result } from '../model/result.js'
import { COLUMN_NOTES } from './columns.js'
import { comparisonsOf, type LoadPointView, type RowView, standingSentence } from './comparison.js'
import { oneLine, visible } from './escape.js'
import { describeLoad, describeMethod } from './load.js'
import { networkNotes } from './network.js'
import { noWinnerNotes, reasonNotes, thresholdNote } from './notes.js'
import { publishedView } from './published.js'
import { slowReaderNotes } from './slow-readers.js'
import { terminalPredictions } from './terminal-predictions.js'
import { BEST, paint, terminalTables } from './terminal-table.js'
import { roundUncertainty } from './uncertain.js'
import { wrap } from './wrap.js'

export interface TerminalOptions {
  colour: boolean
  /** Of the terminal, in cells. */
  width: number
}

/** A result as its user sees it when a run ends: a table for each load point, and what keeps it from being believed. */
export function renderTerminal(result: Result, { colour, width }: TerminalOptions): string {
  const colors = pc.createColors(colour)
  const views = comparisonsOf(result)
  const winnerNotes = views.map(({ noWinner }) => noWinnerNotes(noWinner))
  // The same at every load point (as with one round): said once, below the last table.
  const isSameEverywhere = views.length > 1 && new Set(winnerNotes.map((notes) => notes.join('\n'))).size === 1
  const tables = views.map((view, index) => {
    const notes = isSameEverywhere ? [] : (winnerNotes[index] ?? [])
    return [
      loadHeading(view, colors),
      ...linkLines(view, width, colors),
      terminalTables(view, width, colors).join('\n\n'),
      ...terminalPredictions(view.rows, width, colors),
      ...notesUnder(view, notes, width, colors),
    ].join('\n')
  })
  const common = isSameEverywhere ? [wrapAll(winnerNotes[0] ?? [], width, colors.dim)] : []
  const sections = [
    heading(result, width, colors),
    ...tables,
    ...common,
    legend(views, width, colors),
    thresholds(result, width, colors),
    published(result, width, colors),
  ]
  return `${[...sections, endedEarly(result, width, colors)].filter((section) => section !== '').join('\n\n')}\n`
}

function heading({ plan }: Result, width: number, colors: Colors): string {
  const { name, description } = plan.scenario
  const question = description === null ? [] : [wrap(oneLine(description), width)]
  return [colors.bold(visible(name)), ...question, wrapDim(visible(describeMethod(plan)), width, colors)].join('\n')
}

function loadHeading({ load }: LoadPointView, colors: Colors): string {
  return `${colors.bold(visible(describeLoad(load)))}\n`
}

/** With a blank line after them, like the heading. */
function linkLines(view: LoadPointView, width: number, colors: Colors): string[] {
  const notes = networkNotes(view)
  return notes.length === 0 ? [] : [`${wrapAll(notes, width, colors.dim)}\n`]
}

function notesUnder(view: LoadPointView, winnerNotes: string[], width: number, colors: Colors): string[] {
  const winners = winnerNotes.length === 0 ? [] : ['', wrapAll(winnerNotes, width, colors.dim)]
  const slowReaders = slowReaderNotes(view)
  const slow = slowReaders.length === 0 ? [] : ['', wrapAll(slowReaders, width, (text) => text)]
  const uncertainty = roundUncertainty(view)
  const uncertain = uncertainty.length === 0 ? [] : ['', wrapAll(uncertainty, width, colors.dim)]
  return [...slow, ...uncertain, ...winners, ...view.rows.flatMap((row) => reasons(row, width, colors))]
}

function reasons(view: RowView, width: number, colors: Colors): string[] {
  const notes = reasonNotes(view)
  if (notes.length === 0) return []
  const lines = notes.flatMap(({ code, rounds, message, evidence }) => [
    wrap(`${visible(code)}${rounds === '' ? '' : ` (${rounds})`}: ${visible(message)}`, width, '  '),
    ...(evidence === '' ? [] : [colors.dim(wrap(visible(evidence), width, '    '))]),
  ])
  return ['', paint(view.standing, colors)(wrap(`${visible(view.row.label)} ${standingSentence(view)}`, width)), ...lines]
}

function legend(views: LoadPointView[], width: number, colors: Colors): string {
  const standings = new Set(views.flatMap(({ rows }) => rows.map(({ standing }) => standing)))
  const hasWinner = views.some(({ winners }) => winners.size > 0)
  const hasSpread = views.some(({ rows }) => rows.some(({ roundCount }) => roundCount > 1))
  const marks = [
    hasWinner ? `${BEST} best of its column: its rounds lie apart from those of all others` : '',
    hasSpread ? 'median of the rounds, ± how far they lie from it at most' : '',
    standings.has('degraded') ? '~ degraded: something disturbed the measurement' : '',
    standings.has('unusable') || standings.has('partly-invalid') ? '! invalid: the measurement itself went wrong' : '',
  ].filter((mark) => mark !== '')
  return [...marks, ...COLUMN_NOTES].map((line) => wrapDim(line, width, colors)).join('\n')
}

const STATUS_WORDS = { pass: 'PASS', fail: 'FAIL', 'no-data': 'NO DATA' } as const

function thresholds({ summary }: Result, width: number, colors: Colors): string {
  if (summary.thresholds.length === 0) return ''
  const notes = summary.thresholds.map(thresholdNote)
  const longest = Math.min(60, Math.max(...notes.map(({ threshold }) => visible(threshold).length)))
  const lines = notes.flatMap(({ threshold, status, details }) => {
    const colour = { pass: colors.green, fail: colors.red, 'no-data': colors.yellow }[status]
    const [first = '', ...rest] = details.map(visible)
    const isShort = rest.length === 0 && 11 + longest + 2 + first.length <= width
    const line = `  ${colour(STATUS_WORDS[status].padEnd(7))}  ${visible(threshold).padEnd(longest)}`
    return isShort
      ? [`${line}  ${first}`]
      : [line.trimEnd(), ...[first, ...rest].map((detail) => wrap(detail, width, ' '.repeat(13)))]
  })
  return [colors.bold('Thresholds'), ...lines].join('\n')
}

function published({ plan }: Result, width: number, colors: Colors): string {
  if (plan.published === null) return ''
  const { source, figures, note } = publishedView({ name: plan.scenario.name, published: plan.published })
  const lines = figures.map((figure) =>
    wrap(visible(`${figure.what}: ${figure.published}; must be: ${figure.expect}`), width, '  '),
  )
  return [wrap(`${colors.bold('Published')} by ${visible(source)}`, width), ...lines, wrapDim(visible(note), width, colors)].join(
    '\n',
  )
}

function endedEarly({ summary }: Result, width: number, colors: Colors): string {
  const { planned, finished } = summary.trials
  if (summary.endedEarly === null && planned === finished) return ''
  const why = summary.endedEarly === null ? '' : `: ${visible(summary.endedEarly)}`
  return colors.yellow(wrap(`Ended early${why}. ${finished} of ${planned} trials finished.`, width))
}

function wrapAll(lines: readonly string[], width: number, colour: (text: string) => string): string {
  return lines.map((line) => colour(wrap(visible(line), width))).join('\n')
}

function wrapDim(text: string, width: number, colors: Colors): string {
  return colors.dim(wrap(text, width))
}

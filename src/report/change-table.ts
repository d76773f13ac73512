import type { Colors } from 'picocolors/types.js'
import type { Outcome } from '../model/gate.js'
import type { ChangeRow } from './change-rows.js'
import { markdownCode, markdownText, visible } from './escape.js'
import { textTable } from './text-table.js'
import { wrap } from './wrap.js'

/** Figures of two sides as a table: what `compare` and `gate` show, at a terminal and as Markdown. */

const HEAD = ['', 'figure', 'baseline', 'candidate', 'change', '95 %', 'margin', '']
/** More of them that need the same are not named one by one. */
const MOST_NAMED = 3
const ALIGNED = ['left', 'left', 'right', 'right', 'right', 'left', 'right', 'left'] as const

/** Below each other where the terminal is too narrow for a table. What would settle a figure stands under it, once for all that need the same. */
export function terminalChangeTable(rows: readonly ChangeRow[], width: number, colors: Colors): string[] {
  if (rows.length === 0) return []
  const cells = rows.map((row, index) => {
    const isRepeated = rows[index - 1]?.label === row.label
    return [
      isRepeated ? '' : visible(row.label),
      row.figure,
      row.baseline,
      row.candidate,
      row.change,
      row.interval,
      row.margin,
      row.word,
    ]
  })
  // The margin is the same in every row of a metric: it goes first where there is no room.
  const lines =
    textTable([HEAD, ...cells], width, ALIGNED) ?? textTable([HEAD, ...cells].map(withoutMargin), width, withoutMargin(ALIGNED))
  const table =
    lines === null
      ? rows.map((row) => painted(row.outcome, colors)(stacked(row, width)))
      : lines.map((line, index) => (index === 0 ? colors.dim(line) : painted(rows[index - 1]?.outcome, colors)(line)))
  return [...table, ...settledLines(rows, width, colors)]
}

const MARGIN = HEAD.indexOf('margin')

function withoutMargin<Cell>(cells: readonly Cell[]): Cell[] {
  return cells.filter((_, column) => column !== MARGIN)
}

function stacked({ label, figure, baseline, candidate, change, interval, word }: ChangeRow, width: number): string {
  const range = interval === '' ? '' : ` ${interval}`
  return wrap(`${visible(label)} ${figure}: ${baseline} to ${candidate}, ${change}${range}: ${word}`, width, '  ')
}

function settledLines(rows: readonly ChangeRow[], width: number, colors: Colors): string[] {
  const lines = settledNotes(rows).map((note) => colors.dim(wrap(visible(note), width, '  ')))
  return lines.length === 0 ? [] : ['', ...lines]
}

/** `To settle websocket latency p50, sse bytes/message: about 14 more rounds`. Not escaped. */
export function settledNotes(rows: readonly ChangeRow[]): string[] {
  const open = rows.filter(({ note }) => note !== '')
  return [...new Set(open.map(({ note }) => note))].map((note) => {
    const here = open.filter((row) => row.note === note)
    const isAll = here.length === open.length && here.length > MOST_NAMED
    const names = isAll ? 'what is inconclusive' : here.map(({ label, figure }) => `${label} ${figure}`).join(', ')
    return `To settle ${names}: ${note}`
  })
}

const MARKS: Record<Outcome, string> = { regressed: ':x: ', improved: ':white_check_mark: ', equivalent: '', inconclusive: '' }

/** The lines of a table for GitHub. */
export function markdownChangeTable(rows: readonly ChangeRow[]): string[] {
  if (rows.length === 0) return []
  const cells = rows.map(({ label, figure, baseline, candidate, change, interval, margin, outcome, word }) => [
    markdownCode(label),
    figure,
    ...[baseline, candidate, change, interval, margin].map(markdownText),
    outcome === 'regressed' ? `${MARKS[outcome]}**${word}**` : `${MARKS[outcome]}${word}`,
  ])
  return [HEAD, ['---', '---', '--:', '--:', '--:', '---', '--:', '---'], ...cells].map((line) => `| ${line.join(' | ')} |`)
}

function painted(outcome: Outcome | undefined, colors: Colors): (text: string) => string {
  if (outcome === 'regressed') return colors.red
  return outcome === 'improved' ? colors.green : (text) => text
}

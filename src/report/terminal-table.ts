import Table from 'cli-table3'
import type { Colors } from 'picocolors/types.js'
import { COLUMNS, type Column, spreadOf } from './columns.js'
import type { LoadPointView, RowStanding, RowView } from './comparison.js'
import { visible } from './escape.js'

/** Marks that do not need colour. */
export const BEST = '*'
const MARKS: Record<RowStanding, string> = { valid: '', degraded: '~', 'partly-invalid': '!', unusable: '!', absent: '!' }

const LABEL_WIDTH = 26
const LABEL_LINES = 4

const CHARS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '─',
  right: '',
  'right-mid': '',
}

/**
 * One load point as a table, or as several below each other with the label in each where the terminal is too narrow
 * for one. A terminal too narrow for a label and a column gets lines longer than it is.
 */
export function terminalTables(view: LoadPointView, width: number, colors: Colors): string[] {
  for (const parts of [1, 2, 3, 5]) {
    for (const gap of [2, 1]) {
      const tables = split(parts).map((columns) => draw(view, columns, gap, colors))
      const isLast = parts === 5 && gap === 1
      if (isLast || tables.every(({ widthCells }) => widthCells <= width)) return tables.map(({ text }) => text)
    }
  }
  return []
}

/** Columns that belong together stay together: what was late or lost, and what it cost. */
function split(parts: number): (readonly Column[])[] {
  const size = Math.ceil(COLUMNS.length / parts)
  return Array.from({ length: Math.ceil(COLUMNS.length / size) }, (_, part) => COLUMNS.slice(part * size, (part + 1) * size))
}

function draw(
  view: LoadPointView,
  columns: readonly Column[],
  gap: number,
  colors: Colors,
): { text: string; widthCells: number } {
  const table = new Table({
    head: ['', ...columns.map(({ heading }) => heading.join('\n')), '\nverdict'],
    colAligns: ['left', ...columns.map(() => 'right' as const), 'left'],
    chars: { ...CHARS, middle: ' '.repeat(gap), 'mid-mid': '─'.repeat(gap) },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  })
  for (const row of view.rows) {
    table.push([label(row, colors), ...columns.map((column) => cell(column, row, view, colors)), verdict(row, colors)])
  }
  const lines = table.toString().split('\n')
  // The rule under the heading is as wide as the table, in characters that are one cell wide each.
  const widthCells = lines.find((line) => line.startsWith('─'))?.length ?? 0
  return { text: lines.map((line) => line.trimEnd()).join('\n'), widthCells }
}

function cell(column: Column, view: RowView, { winners }: LoadPointView, colors: Colors): string {
  const isBest = winners.get(column.metric) === view.row.label
  const mark = isBest ? BEST : view.standing === 'unusable' ? MARKS.unusable : ''
  const text = `${mark}${column.value(view)}`
  const value = isBest ? colors.green(colors.bold(text)) : view.standing === 'unusable' ? colors.red(text) : text
  const spread = spreadOf(column, view)
  return spread === '' ? value : `${value}\n${colors.dim(spread)}`
}

function label({ row, standing }: RowView, colors: Colors): string {
  const mark = MARKS[standing]
  const lines = wrapLabel(visible(row.label)).map((line, index) => `${index === 0 && mark !== '' ? `${mark} ` : '  '}${line}`)
  return lines.map((line) => paint(standing, colors)(line)).join('\n')
}

function verdict({ standing, row, roundCount }: RowView, colors: Colors): string {
  const words: Record<RowStanding, string[]> = {
    valid: ['valid'],
    degraded: ['degraded'],
    'partly-invalid': ['INVALID', `${row.rounds.invalid} of ${roundCount}`],
    unusable: ['INVALID'],
    absent: ['not run'],
  }
  return words[standing].map((line) => paint(standing, colors)(line)).join('\n')
}

export function paint(standing: RowStanding, colors: Colors): (text: string) => string {
  if (standing === 'valid') return (text) => text
  return standing === 'degraded' ? colors.yellow : colors.red
}

/** Options go on lines of their own where a label is long; nothing is cut before the fourth line. */
function wrapLabel(text: string): string[] {
  const pieces =
    text.length <= 16
      ? [text]
      : text
          .replace(/(?<=[^(])\(/, '\n(')
          .replaceAll(', ', ',\n ')
          .split('\n')
  const lines = pieces.flatMap((piece) => piece.match(new RegExp(`.{1,${LABEL_WIDTH}}`, 'gu')) ?? [''])
  return lines.length <= LABEL_LINES ? lines : [...lines.slice(0, LABEL_LINES - 1), '…']
}

import type { Colors } from 'picocolors/types.js'
import type { RowView } from './comparison.js'
import { visible } from './escape.js'
import { predictionNotes, predictionRows } from './predictions.js'
import { textTable } from './text-table.js'
import { wrap } from './wrap.js'

/** The lines under a table that say what theory expects of it; none where it expects nothing. */
export function terminalPredictions(views: readonly RowView[], width: number, colors: Colors): string[] {
  const rows = predictionRows(views).map(({ label, metric, measured, expected, offBy }) => [
    visible(label),
    metric,
    measured,
    expected,
    offBy,
  ])
  const notes = predictionNotes(views).map((note) => colors.dim(wrap(visible(note), width)))
  if (rows.length === 0) return notes.length === 0 ? [] : ['', ...notes]
  // The label stands once, as in the table above.
  const shown = rows.map(([label = '', ...cells], index) => [label === rows[index - 1]?.[0] ? '' : label, ...cells])
  const table = textTable([['Beside theory', '', 'measured', 'expected', 'off by'], ...shown], width, [
    'left',
    'left',
    'right',
    'right',
    'right',
  ])
  const lines = table ?? rows.map(([label = '', ...cells]) => wrap(`${label}: ${sentence(cells)}`, width, '  '))
  return ['', ...(table === null ? ['Beside theory'] : []), ...lines, ...notes]
}

/** For a terminal in which a table has no room. */
function sentence([metric, measured, expected, offBy]: readonly string[]): string {
  return `${metric} ${measured}, expected ${expected}, off by ${offBy}`
}

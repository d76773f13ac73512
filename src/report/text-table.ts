/**
 * Columns of plain text below each other, two cells apart and indented by two; `null` where that is wider than `width`.
 * The rows of `spanning` are headings, each cell of which may reach over the empty ones behind it.
 */
export function textTable(
  rows: readonly string[][],
  width: number,
  aligned: readonly ('left' | 'right')[],
  spanning: readonly number[] = [],
): string[] | null {
  const counted = rows.filter((_, index) => !spanning.includes(index))
  const widths = aligned.map((_, column) => Math.max(0, ...counted.map((row) => (row[column] ?? '').length)))
  const lines = rows.map((row, index) =>
    (spanning.includes(index) ? heading(row, widths) : plain(row, widths, aligned)).trimEnd(),
  )
  return lines.some((line) => line.length > width) ? null : lines
}

function plain(row: readonly string[], widths: readonly number[], aligned: readonly ('left' | 'right')[]): string {
  const cells = widths.map((width, column) =>
    aligned[column] === 'left' ? (row[column] ?? '').padEnd(width) : (row[column] ?? '').padStart(width),
  )
  return `  ${cells.join('  ')}`
}

function heading(row: readonly string[], widths: readonly number[]): string {
  let line = ''
  let start = 2
  for (const [column, width] of widths.entries()) {
    if (row[column]) line = `${line.padEnd(start)}${row[column]}`
    start += width + 2
  }
  return line
}

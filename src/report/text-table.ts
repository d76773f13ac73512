/** Columns of plain text below each other, two cells apart and indented by two; `null` where that is wider than `width`. */
export function textTable(rows: readonly string[][], width: number, aligned: readonly ('left' | 'right')[]): string[] | null {
  const widths = aligned.map((_, column) => Math.max(0, ...rows.map((row) => (row[column] ?? '').length)))
  const lines = rows.map((row) =>
    `  ${aligned
      .map((side, column) =>
        side === 'left' ? (row[column] ?? '').padEnd(widths[column] ?? 0) : (row[column] ?? '').padStart(widths[column] ?? 0),
      )
      .join('  ')}`.trimEnd(),
  )
  return lines.some((line) => line.length > width) ? null : lines
}

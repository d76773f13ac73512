/** An outcome for a terminal. */
export function renderText({ name, published, rows, tables, trials }) {
  const cells = [
    ['', 'published', 'here', 'must be', ''],
    ...rows.map((row) => [row.what, row.published ?? '-', figure(row), condition(row.expect), row.isMet ? 'yes' : 'NO']),
  ]
  return [
    '',
    `${name}: ${published.source} (${published.year})`,
    '',
    ...aligned(cells),
    ...tables.flatMap(({ title, heads, rows: lines }) => ['', `  ${title}`, ...aligned([heads, ...lines])]),
    '',
    ...wrapped(published.explanation),
    '',
    `  Trials: ${describeTrials(trials)}`,
  ].join('\n')
}

/** `12.4 ms`, `871 B`, `70.0 %`, `435.5`: four digits, since some differ in the third. */
export function figure({ measured, kind }) {
  if (measured === null || !Number.isFinite(measured)) return 'not measured'
  if (kind === 'share') return `${digits(measured * 100)} %`
  if (kind === 'size') return Math.abs(measured) < 10_000 ? `${digits(measured)} B` : `${digits(measured / 1e3)} kB`
  if (kind === 'duration') return Math.abs(measured) < 1e3 ? `${digits(measured)} us` : `${digits(measured / 1e3)} ms`
  return digits(measured)
}

/** An expectation without the figure's name, which is the row's. */
export function condition(expect) {
  return expect.replace(/^\s*[\w.]+\s*/, '')
}

export function describeTrials({ valid, degraded, invalid, codes }) {
  const parts = [
    [valid, 'valid'],
    [degraded, 'degraded'],
    [invalid, codes.length === 0 ? 'invalid' : `invalid (${codes.join(', ')})`],
  ]
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ')
}

function digits(value) {
  return String(Number(value.toPrecision(4)))
}

function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map(
    (row) => `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  ')}`,
  )
}

function wrapped(text) {
  const lines = ['']
  for (const word of text.split(/\s+/)) {
    if (`${lines.at(-1)} ${word}`.length > 110) lines.push('')
    lines.push(`${lines.pop()} ${word}`)
  }
  return lines.map((line) => ` ${line}`)
}

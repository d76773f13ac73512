import pc from 'picocolors'
import type { Comparison } from '../model/comparison.js'
import { terminalChangeTable } from './change-table.js'
import { comparisonView } from './compare-view.js'
import { visible } from './escape.js'
import type { TerminalOptions } from './terminal.js'
import { wrap } from './wrap.js'

/** A comparison for a terminal: a table for each load point, and what to know before believing it. */
export function renderComparison(comparison: Comparison, { colour, width }: TerminalOptions): string {
  const colors = pc.createColors(colour)
  const { title, runs, answer, hasRegressed, faults, warnings, loads, notes } = comparisonView(comparison)
  const lines = (texts: readonly string[], paint: (text: string) => string): string =>
    texts.map((text) => paint(wrap(visible(text), width))).join('\n')
  const paintAnswer = (text: string): string => colors.bold(hasRegressed ? colors.red(text) : text)
  const sections = [
    [colors.bold(visible(title)), lines(runs, colors.dim)].join('\n'),
    lines(
      [...faults, ...warnings].map((text) => `! ${text}`),
      colors.yellow,
    ),
    ...loads.map(({ heading, rows }) =>
      [colors.bold(visible(heading)), '', ...terminalChangeTable(rows, width, colors)].join('\n'),
    ),
    paintAnswer(wrap(`${answer}.`, width)),
    lines(notes, colors.dim),
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

import type { Comparison } from '../model/comparison.js'
import { markdownChangeTable, settledNotes } from './change-table.js'
import { comparisonView } from './compare-view.js'
import { markdownText } from './escape.js'

/** A comparison as GitHub Markdown, for a pull request or a job summary. */
export function renderComparisonMarkdown(comparison: Comparison): string {
  const { title, runs, answer, faults, warnings, loads, notes } = comparisonView(comparison)
  const blocks = [
    `## ${markdownText(title)}`,
    `**${markdownText(answer)}.**`,
    list([...faults, ...warnings].map((text) => `:warning: ${markdownText(text)}.`)),
    ...loads.flatMap(({ heading, rows }) => [
      `### ${markdownText(heading)}`,
      markdownChangeTable(rows).join('\n'),
      list(settledNotes(rows).map(markdownText)),
    ]),
    list(runs.map(markdownText)),
    ['<sub>', ...notes.map((note) => `${markdownText(note)}.<br>`), '</sub>'].join('\n'),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n')
}

import { markdownCode, markdownText } from '../escape.js'
import { type Block, fitted, type Limit } from './fit.js'
import { type CiCase, type CiReport, titleOf } from './view.js'

/** GitHub refuses longer comments; it counts characters, and these are at least as many. */
const COMMENT: Limit = { most: 65_536, measure: (text) => text.length }

/** Of what a step may write into its summary. */
export const SUMMARY_BYTES = 2 ** 20

const BYTES = new TextEncoder()
/** A sentence of a file may be as long as a file. */
const LONGEST = 1_000

/** Markdown for a comment on a pull request, which begins with a marker that nobody sees: by it the same comment is found and updated. */
export function renderComment(reports: readonly CiReport[]): string {
  const marker = markerOf(reports)
  const most = COMMENT.most - marker.length - 2
  return `${marker}\n${renderWithin(reports, { ...COMMENT, most })}`
}

/** Markdown for a job summary; `mostBytes`: what is left of the step's. */
export function renderSummary(reports: readonly CiReport[], mostBytes = SUMMARY_BYTES): string {
  return renderWithin(reports, { most: mostBytes, measure: (text) => BYTES.encode(text).length })
}

/** `<!-- feedbench gate quick -->`: the same for the same scenario, and no end of a comment inside. */
function markerOf(reports: readonly CiReport[]): string {
  const words = reports.map((report) =>
    titleOf(report)
      .replace(/[^\w.]+/g, ' ')
      .trim(),
  )
  return `<!-- ${words.join('; ').slice(0, 200)} -->`
}

/** At full length where that fits, else what decides first. */
function renderWithin(reports: readonly CiReport[], { most, measure }: Limit): string {
  const limit = { most: Math.floor(most / Math.max(1, reports.length)), measure }
  return reports
    .map((report) => {
      const whole = report.whole?.() ?? null
      return whole !== null && measure(whole) <= limit.most ? whole : fitted(blocksOf(report), limit, leftOut)
    })
    .join('\n')
}

function leftOut(rows: number): string {
  return `_${rows} more ${rows === 1 ? 'row' : 'rows'}, for which there is no room here: see the report._`
}

const MARKS = { pass: ':white_check_mark:', fail: ':x:', undecided: ':grey_question:', error: ':warning:' } as const
const OVERALL = { pass: MARKS.pass, fail: MARKS.fail, inconclusive: MARKS.error } as const

type LabelledCase = CiCase & { label: string }

function blocksOf(report: CiReport): Block[] {
  const cases = report.suites.flatMap(({ name, cases }) => cases.map((one): LabelledCase => ({ ...one, label: name })))
  const of = (...outcomes: CiCase['outcome'][]): LabelledCase[] =>
    outcomes.flatMap((outcome) => cases.filter((one) => one.outcome === outcome))
  const shown = report.suites.flatMap(({ name, shown }) => shown.map((line) => `- ${markdownCode(name)} ${text(line)}`))
  const properties = report.properties.map(({ name, value }) => `| ${markdownCode(name)} | ${text(value)} |`)
  return [
    block([
      `### ${OVERALL[report.outcome]} ${markdownText(`feedbench ${report.kind}`)} ${markdownCode(report.name)}: ${report.outcome}`,
      '',
      `${text(report.why)}`,
    ]),
    table(of('fail', 'error', 'undecided')),
    folded('What passes', table(of('pass'))),
    folded('What decides nothing', { head: [], rows: shown, tail: [] }),
    folded('Where it was measured', { head: ['| | |', '| --- | --- |'], rows: properties, tail: [] }),
  ].filter(({ head, rows }) => rows.length > 0 || head.some((line) => line.startsWith('#')))
}

function block(head: string[]): Block {
  return { head, rows: [], tail: [] }
}

/** Of two sides where all cases have two. */
function table(cases: readonly LabelledCase[]): Block {
  const isCompared = cases.every(({ sides }) => sides !== null)
  const [names, line] = isCompared
    ? ['| | label | metric | baseline | candidate | change | margin | |', '| --- | --- | --- | --: | --: | --: | --: | --- |']
    : ['| | label | | |', '| --- | --- | --- | --- |']
  const rows = cases.map(({ label, name, outcome, message, sides }) => {
    const figures = isCompared && sides !== null ? [sides.baseline, sides.candidate, sides.change, sides.margin] : []
    const words = isCompared && sides !== null ? sides.note : message
    return `| ${[MARKS[outcome], markdownCode(short(label)), text(name), ...figures.map(text), text(words)].join(' | ')} |`
  })
  return { head: [names, line], rows, tail: [] }
}

function folded(summary: string, { head, rows, tail }: Block): Block {
  return {
    head: ['<details>', `<summary>${summary}: ${rows.length}</summary>`, '', ...head],
    rows,
    tail: [...tail, '', '</details>'],
  }
}

function text(line: string): string {
  return markdownText(short(line))
}

function short(line: string): string {
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)} ...`
}

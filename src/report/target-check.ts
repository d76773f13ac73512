import pc from 'picocolors'
import { TARGET_CHECKS, type TargetCheckStatus, type TargetFinding, type TargetReport } from '../model/target-check.js'
import { visible } from './escape.js'
import type { TerminalOptions } from './terminal.js'
import { wrap } from './wrap.js'

const WORDS: Record<TargetCheckStatus, string> = { met: 'met', missing: 'MISSING', note: 'note', unknown: '-' }
const MARK_WIDTH = Math.max(...Object.values(WORDS).map((word) => word.length))
const TITLE_WIDTH = Math.max(...Object.values(TARGET_CHECKS).map((title) => title.length))
const LEAST_WIDTH = 40

/** What a server meets, a section for each transport, and below each finding what to change. */
export function renderTargetCheck(report: TargetReport, { colour, width }: TerminalOptions): string {
  const colors = pc.createColors(colour)
  const cells = Math.max(LEAST_WIDTH, width)
  const labels = [...new Set(report.findings.map(({ label }) => label))]
  const sections = labels.map((label) => [
    colors.bold(label ?? 'The server'),
    ...report.findings.filter((finding) => finding.label === label).flatMap((finding) => findingLines(finding, cells)),
  ])
  return `${[...sections, [conclusion(report)]].map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function findingLines({ check, status, detail, hint }: TargetFinding, width: number): string[] {
  const indent = ' '.repeat(MARK_WIDTH + TITLE_WIDTH + 6)
  const [first = '', ...rest] = wrap(visible(detail), width, indent, 0).split('\n')
  const line = `  ${WORDS[status].padEnd(MARK_WIDTH)}  ${TARGET_CHECKS[check].padEnd(TITLE_WIDTH)}  ${first.trimStart()}`
  return [
    line,
    ...rest,
    ...(hint === null || status === 'met' ? [] : [wrap(`hint: ${visible(hint)}`, width, ' '.repeat(MARK_WIDTH + 4))]),
  ]
}

function conclusion({ scenario, findings, isMet }: TargetReport): string {
  const missing = findings.filter(({ status }) => status === 'missing').length
  return isMet
    ? `The server meets what ${visible(scenario)} needs: feedbench run measures it.`
    : `${missing} ${missing === 1 ? 'thing is' : 'things are'} missing that ${visible(scenario)} needs.`
}

import { visible } from '../escape.js'
import { type CiCase, type CiReport, titleOf } from './view.js'

/** GitHub shows ten of each level a step, and drops the rest without a word. */
const MOST_OF_A_LEVEL = 10
/** Longer ones are cut off by whoever shows them. */
const LONGEST = 4_000

type Level = 'error' | 'warning' | 'notice'

interface Annotation {
  level: Level
  title: string
  message: string
}

/** Workflow commands of GitHub Actions, a line each: the verdict, then what fails, then what is undecided. */
export function renderAnnotations(reports: readonly CiReport[]): string {
  const all = reports.flatMap(annotationsOf)
  const shown = (['error', 'warning', 'notice'] as const).flatMap((level) =>
    shortened(all.filter((annotation) => annotation.level === level)),
  )
  return shown.map(({ level, title, message }) => `::${level} title=${property(title)}::${data(message)}\n`).join('')
}

const OVERALL = { pass: 'notice', fail: 'error', inconclusive: 'warning' } as const
const LEVELS: Record<CiCase['outcome'], Level | null> = { pass: null, fail: 'error', error: 'warning', undecided: 'warning' }

function annotationsOf(report: CiReport): Annotation[] {
  const title = titleOf(report)
  const cases = report.suites.flatMap(({ name, cases }) => cases.map((one) => ({ ...one, label: name })))
  return [
    { level: OVERALL[report.outcome], title: `${title}: ${report.outcome}`, message: report.why },
    ...cases.flatMap(({ label, name, outcome, message }) => {
      const level = LEVELS[outcome]
      // What a passing gate leaves undecided concerns nobody who reads a pull request.
      return level === null || (report.outcome === 'pass' && level === 'warning')
        ? []
        : [{ level, title: `${title}: ${label}`, message: `${name}: ${message}` }]
    }),
  ]
}

/** The last place says how many did not fit. */
function shortened(annotations: Annotation[]): Annotation[] {
  const [first] = annotations
  if (first === undefined || annotations.length <= MOST_OF_A_LEVEL) return annotations
  const rest = annotations.length - MOST_OF_A_LEVEL + 1
  const { level } = first
  return [
    ...annotations.slice(0, MOST_OF_A_LEVEL - 1),
    { level, title: 'feedbench', message: `${rest} more like these: see the step summary or the report` },
  ]
}

function data(text: string): string {
  return visible(text).slice(0, LONGEST).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/** A property ends at a comma, and its command at a colon. */
function property(text: string): string {
  return data(text.slice(0, 200)).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

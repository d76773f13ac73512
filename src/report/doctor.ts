import pc from 'picocolors'
import type { Colors } from 'picocolors/types.js'
import type { Check, CheckStatus, Diagnosis } from '../model/diagnosis.js'
import { capacityLines, largest } from './doctor-capacity.js'
import { answerOf, TITLES } from './doctor-checks.js'
import { transportLines } from './doctor-transports.js'
import { visible } from './escape.js'
import { formatDuration } from './quantity.js'
import type { TerminalOptions } from './terminal.js'
import { wrap } from './wrap.js'

/** Narrower than this, nothing is worth laying out. */
const LEAST_WIDTH = 40
/** Narrower than this, what was measured stands below its title. */
const NARROW = 72
const WORDS: Record<CheckStatus, string> = { ok: 'ok', warn: 'warn', problem: 'PROBLEM' }
const MARK_WIDTH = Math.max(...Object.values(WORDS).map((word) => word.length))
const TITLE_WIDTH = Math.max(...Object.values(TITLES).map((title) => title.length))

/**
 * A diagnosis for a terminal. What most people came for, the size of scenario that the machine can carry, is last:
 * that is where they look when the command is over.
 */
export function renderDoctor(diagnosis: Diagnosis, { colour, width }: TerminalOptions): string {
  const colors = pc.createColors(colour)
  const cells = Math.max(LEAST_WIDTH, width)
  const sections = [
    [colors.bold('This machine'), ...diagnosis.checks.flatMap((check) => checkLines(check, diagnosis, cells, colors))],
    transportLines(diagnosis, cells, colors),
    capacityLines(diagnosis, cells, colors),
    conclusion(diagnosis, cells, colors),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

/** `  ok       file descriptors   20 000 a process: up to 19 872 clients`, and below it what is wrong and what to do. */
function checkLines(check: Check, diagnosis: Diagnosis, width: number, colors: Colors): string[] {
  const { name, status, why, hint } = check
  const paint = paintStatus(status, colors)
  const lead = ' '.repeat(MARK_WIDTH - WORDS[status].length + 2)
  const indent = ' '.repeat(MARK_WIDTH + 4)
  const beside = `${indent}${' '.repeat(TITLE_WIDTH + 2)}`
  const answer = answerOf(name, diagnosis)
  const [first = '', ...rest] = wrap(answer, width, width < NARROW ? indent : beside, 0).split('\n')
  const title = `  ${paint(WORDS[status])}${lead}${TITLES[name]}`
  return [
    ...(width < NARROW ? [title, first] : [`${title}${' '.repeat(TITLE_WIDTH - TITLES[name].length)}  ${first.trimStart()}`]),
    ...rest,
    ...why.map((line) => paint(wrap(visible(line), width, indent))),
    ...(hint === null ? [] : [colors.dim(wrap(`hint: ${visible(hint)}`, width, indent))]),
  ]
}

function conclusion(diagnosis: Diagnosis, width: number, colors: Colors): string[] {
  const { checks, canMeasure, tookUs } = diagnosis
  const warnings = checks.filter(({ status }) => status === 'warn').length
  const problems = checks.filter(({ status }) => status === 'problem').map(({ name }) => TITLES[name])
  const took = colors.dim(`Looked for ${formatDuration(tookUs)}.`)
  if (!canMeasure)
    return [
      colors.red(colors.bold(wrap(`No valid measurement is possible here: see ${problems.join(', ')} above.`, width, '', 0))),
      took,
    ]
  const but = warnings === 0 ? '' : ` (${warnings === 1 ? '1 warning' : `${warnings} warnings`} above)`
  return [colors.green(colors.bold(wrap(`Ready${but}. ${largest(diagnosis)}`, width, '', 0))), took]
}

function paintStatus(status: CheckStatus, colors: Colors): (text: string) => string {
  return { ok: colors.green, warn: colors.yellow, problem: colors.red }[status]
}

import pc from 'picocolors'
import type { Colors } from 'picocolors/types.js'
import type { GateResult, GateVerdict } from '../model/gate.js'
import { metricVerdictRows } from './change-rows.js'
import { terminalChangeTable } from './change-table.js'
import { visible } from './escape.js'
import { sameBuild } from './same-build.js'
import type { TerminalOptions } from './terminal.js'
import { wrap } from './wrap.js'

/** A gate for a terminal: its figures as a table, what was lost, and last of all the verdict. */
export function renderGate({ scenario, seed, sides, verdict }: GateResult, { colour, width }: TerminalOptions): string {
  const colors = pc.createColors(colour)
  const dim = (text: string): string => colors.dim(wrap(visible(text), width))
  const same = sameBuild(sides)
  const sections = [
    [
      colors.bold(visible(`${scenario.name}: candidate against baseline`)),
      dim(`baseline: ${sides.baseline.what}; candidate: ${sides.candidate.what}; seed ${seed}`),
      ...(same === null ? [] : [colors.yellow(wrap(`Note: ${same}`, width))]),
    ].join('\n'),
    terminalChangeTable(metricVerdictRows(verdict.metrics), width, colors).join('\n'),
    ledgerLines(verdict, width, colors),
    answer(verdict, width, colors),
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

/** Only what is worse than the baseline's. */
function ledgerLines({ ledgers }: GateVerdict, width: number, colors: Colors): string {
  const words = { missing: 'missing', duplicates: 'duplicated', reordered: 'reordered' }
  return ledgers
    .filter(({ status }) => status === 'fail')
    .map(({ label, kind, baseline, candidate }) =>
      colors.red(wrap(visible(`${label}: ${candidate} ${words[kind]} for ${baseline} of the baseline`), width)),
    )
    .join('\n')
}

const WORDS: Record<GateVerdict['status'], string> = {
  pass: 'PASS',
  fail: 'FAIL',
  inconclusive: 'INCONCLUSIVE',
  invalid: 'INVALID',
}

function answer({ status, why, rounds, look, replaced }: GateVerdict, width: number, colors: Colors): string {
  const paint = { pass: colors.green, fail: colors.red, inconclusive: colors.yellow, invalid: colors.yellow }[status]
  const counts = [
    `${rounds} valid ${rounds === 1 ? 'round' : 'rounds'}`,
    ...(look === null ? [] : [`look ${look}`]),
    ...(replaced === 0 ? [] : [`${replaced} invalid ${replaced === 1 ? 'round' : 'rounds'} replaced`]),
  ].join(', ')
  return [paint(colors.bold(wrap(visible(`${WORDS[status]}: ${why}`), width))), colors.dim(counts)].join('\n')
}

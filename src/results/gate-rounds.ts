import { FeedbenchError } from '../model/errors.js'
import type { GateResult, GateRound } from '../model/gate.js'
import { MAX_PROBLEMS, printable } from './check.js'

/** What every round of a gate has to be about. */
interface Subject {
  labels: ReadonlySet<string>
  metrics: ReadonlySet<string>
}

/**
 * E_RESULT_SCHEMA where the rounds are not those of one gate: one that lacks a label would be judged without it, and one that has a figure twice would count as two. Rounds
 * are numbered from 1; a round that counts has every label's figures and both its ledgers, once each; one that is invalid may have ended before that. Without a
 * `measurement` the first round that counts says what the others have to have.
 */
export function checkRounds(where: string, { rounds, measurement }: Pick<GateResult, 'rounds' | 'measurement'>): void {
  const first = rounds.find(({ validity }) => validity.status !== 'invalid')
  const labels = new Set(measurement?.labels ?? first?.values.map(({ label }) => label) ?? rounds.flatMap(labelsOf))
  const subject = { labels, metrics: new Set(first?.values.map(({ metric }) => metric)) }
  const problems = rounds.flatMap((round, index) => {
    const fault = faultOf(round, index + 1, subject)
    return fault === null
      ? []
      : [{ code: 'E_RESULT_SCHEMA' as const, where: `${where} at round ${index + 1}`, message: fault, hint: HINT }]
  })
  if (problems.length > 0) throw new FeedbenchError(problems.slice(0, MAX_PROBLEMS))
}

const HINT = 'a gate is decided by all its rounds as they were measured: name its folder as feedbench gate left it'

function faultOf(round: GateRound, number: number, { labels, metrics }: Subject): string | null {
  if (round.round !== number) return `expected the rounds from 1, each once, got ${round.round} in the place of ${number}`
  const stranger = labelsOf(round).find((label) => !labels.has(label))
  if (stranger !== undefined) return `expected the gate's labels (${named(labels)}), got ${printable(JSON.stringify(stranger))}`
  const figures = round.values.map(({ label, metric }) => `${metric} of ${label}`)
  const ledgers = round.ledgers.map(({ label, side }) => `the ${side}'s ledger of ${label}`)
  const had = new Set<string>()
  for (const part of [...figures, ...ledgers]) {
    if (had.has(part)) return `expected each figure and ledger once, got ${printable(part)} twice`
    had.add(part)
  }
  if (round.validity.status === 'invalid') return null
  for (const label of labels) {
    const due = [...metrics].map((metric) => `${metric} of ${label}`)
    const lacking = [...due, `the baseline's ledger of ${label}`, `the candidate's ledger of ${label}`].find(
      (part) => !had.has(part),
    )
    if (lacking !== undefined)
      return `expected all figures and ledgers of the gate's labels, but ${printable(lacking)} is missing`
  }
  return null
}

function labelsOf({ values, ledgers, first }: GateRound): string[] {
  return [...values.map(({ label }) => label), ...ledgers.map(({ label }) => label), ...Object.keys(first)]
}

const MOST_NAMED = 10

function named(labels: ReadonlySet<string>): string {
  const some = [...labels].slice(0, MOST_NAMED)
  return printable(`${some.join(', ')}${labels.size > MOST_NAMED ? ', ...' : ''}`)
}

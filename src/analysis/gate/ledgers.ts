import type { GateRound, LedgerLosses, LedgerVerdict, RoundLedger, Side } from '../../model/gate.js'

const KINDS = ['missing', 'duplicates', 'reordered'] as const

/**
 * What was lost, doubled or turned round in all these rounds together, by label: more than the baseline's is a failure. As many as are unconfirmed are not called lost: whether
 * their messages were ever published nobody knows. `losses`: of the baseline, where more is known of it than the rounds have.
 */
export function judgeLedgers(rounds: readonly GateRound[], losses?: readonly LedgerLosses[]): LedgerVerdict[] {
  const ledgers = rounds.flatMap((round) => round.ledgers)
  const lossesAt = (wanted: Side) => lossesOf(ledgers.filter(({ side }) => side === wanted))
  const sides = { baseline: losses ?? lossesAt('baseline'), candidate: lossesAt('candidate') }
  return labelsOf(ledgers).flatMap((label) =>
    KINDS.map((kind): LedgerVerdict => {
      const countAt = (side: Side): number => sides[side].find((one) => one.label === label)?.[kind] ?? 0
      const [baseline, candidate] = [countAt('baseline'), countAt('candidate')]
      return { label, kind, baseline, candidate, status: candidate > baseline ? 'fail' : 'pass' }
    }),
  )
}

/** By label, of all these ledgers together. */
export function lossesOf(ledgers: readonly Omit<RoundLedger, 'side'>[]): LedgerLosses[] {
  return labelsOf(ledgers).map((label) => {
    const total = (kind: (typeof KINDS)[number]) =>
      ledgers.reduce((sum, one) => sum + (one.label === label ? countOf(one, kind) : 0), 0)
    return { label, missing: total('missing'), duplicates: total('duplicates'), reordered: total('reordered') }
  })
}

function labelsOf(ledgers: readonly { label: string }[]): string[] {
  return [...new Set(ledgers.map(({ label }) => label))]
}

function countOf(ledger: Omit<RoundLedger, 'side'>, kind: (typeof KINDS)[number]): number {
  return kind === 'missing' ? Math.max(0, ledger.missing - (ledger.unconfirmed ?? 0)) : ledger[kind]
}

/** In one sentence; `null` where the candidate has no more than the baseline. */
export function ledgerExcess(ledgers: readonly LedgerVerdict[]): string | null {
  const excess = ledgers.filter(({ status }) => status === 'fail')
  const [first] = excess
  if (first === undefined) return null
  const { label, kind, baseline, candidate } = first
  const what = { missing: 'missing', duplicates: 'duplicated', reordered: 'reordered' }[kind]
  const others = excess.length > 1 ? `, and ${excess.length - 1} more of the ledger's figures are worse` : ''
  return `${label} has ${candidate} ${what} messages, the baseline ${baseline}${others}`
}

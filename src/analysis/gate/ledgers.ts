import type { GateRound, LedgerLosses, LedgerVerdict, RoundLedger, Side } from '../../model/gate.js'

const KINDS = ['missing', 'duplicates', 'reordered'] as const

/**
 * What was lost, doubled or turned round in all these rounds together, by label: more than the baseline's is a failure. As many as are unconfirmed are not called lost: whether
 * their messages were ever published nobody knows. `losses`: of the baseline, where more is known of it than the rounds have.
 */
export function judgeLedgers(rounds: readonly GateRound[], losses?: readonly LedgerLosses[]): LedgerVerdict[] {
  const ledgers = rounds.flatMap((round) => round.ledgers)
  const labels = [...new Set(ledgers.map(({ label }) => label))]
  return labels.flatMap((label) =>
    KINDS.map((kind): LedgerVerdict => {
      const sumOf = (wanted: Side): number =>
        ledgers.reduce((sum, one) => sum + (one.label === label && one.side === wanted ? countOf(one, kind) : 0), 0)
      const known = losses?.find((one) => one.label === label)
      const [baseline, candidate] = [known === undefined ? sumOf('baseline') : known[kind], sumOf('candidate')]
      return { label, kind, baseline, candidate, status: candidate > baseline ? 'fail' : 'pass' }
    }),
  )
}

/** By label, of all these ledgers together. */
export function lossesOf(ledgers: readonly Omit<RoundLedger, 'side'>[]): LedgerLosses[] {
  const labels = [...new Set(ledgers.map(({ label }) => label))]
  return labels.map((label) => {
    const total = (kind: (typeof KINDS)[number]) =>
      ledgers.reduce((sum, one) => sum + (one.label === label ? countOf(one, kind) : 0), 0)
    return { label, missing: total('missing'), duplicates: total('duplicates'), reordered: total('reordered') }
  })
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

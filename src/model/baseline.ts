import type { ComparedMetric, RoundLedger } from './gate.js'
import type { Load } from './plan.js'

/** What a run came to, of one label: for a baseline that is kept. */
export interface StoredRun {
  /** Figures by label and metric; `null`: not measured. */
  values: { label: string; metric: ComparedMetric; value: number | null }[]
  ledgers: Omit<RoundLedger, 'side'>[]
}

/** Runs of a server that later ones are held against, in a file that is committed. */
export interface StoredBaseline {
  schemaVersion: 1
  name: string
  feedbench: { version: string }
  revision: string | null
  scenario: { name: string; sha256: string }
  environment: { cpu: string; cores: number; node: string; os: string }
  /** What of a measurement does not follow from the text of its scenario: axes of the load, phases in microseconds, hash of the trace. */
  measured: Record<string, Load[string]>
  startedAt: string | null
  runs: StoredRun[]
}

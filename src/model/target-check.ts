/** What `check-target` looks at, in the order in which it is shown. docs/targets.md has a line for each. */
export const TARGET_CHECKS = {
  ready: 'starts, and is ready',
  publish: 'takes what is published',
  connects: 'takes a connection',
  messages: 'sends messages',
  seq: 'each message has a seq',
  complete: 'every message comes',
  order: 'in order',
  once: 'once only',
  time: 'says when it published',
  bytes: 'bytes can be counted',
  resume: 'a client that comes back gets what it missed',
  hold: 'holds a request without a message',
  empty: 'says that there is nothing new',
  badCursor: 'refuses a cursor that is none',
} as const

export type TargetCheckName = keyof typeof TARGET_CHECKS

/**
 * `met`; `missing`: a run of the scenario would not measure what it asks; `note`: it runs, and this is worth knowing;
 * `unknown`: it could not be looked at, because something before it is missing.
 */
export type TargetCheckStatus = 'met' | 'missing' | 'note' | 'unknown'

export interface TargetFinding {
  /** Label of the scenario; `null`: of the server as a whole. */
  label: string | null
  check: TargetCheckName
  status: TargetCheckStatus
  /** What was seen. */
  detail: string
  /** What to change; `null` where there is nothing to do. */
  hint: string | null
}

export interface TargetReport {
  scenario: string
  /** Where the server was. */
  address: { host: string; port: number }
  findings: TargetFinding[]
  /** Whether nothing is missing that the scenario needs. */
  isMet: boolean
}

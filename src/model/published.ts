/** A published result that a scenario measures again, and what must come out. */
export interface Published {
  /** Authors and title. */
  source: string
  year: number
  link: string | null
  /** What they measured, and how this scenario differs from that. */
  setup: string
  figures: PublishedFigure[]
  /** Why what is measured here differs from what was published, where it does. */
  explanation: string
}

export interface PublishedFigure {
  what: string
  /** As the source has it, with its unit; `null` for what follows from the figures but is not in the source. */
  published: string | null
  /** `<name> <operator> <value> [within <tolerance>]`: see `analysis/expectation.ts`. */
  expect: string
}

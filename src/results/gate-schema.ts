import { z } from 'zod'
import { COMPARED_METRICS, type GateResult } from '../model/gate.js'
import { amount, count, name, receipts, text } from './numbers.js'
import { verdictStatusSchema } from './trial-schema.js'

/** `gate.json`. It may come from somebody else's pull request, and reports are made of it. */

export const GATE_SCHEMA_VERSION = 1

const metric = z.enum(COMPARED_METRICS)
const side = z.enum(['baseline', 'candidate'])
const ratio = amount.nullable()
const interval = z.strictObject({ low: ratio, high: ratio, percent: amount }).nullable()
/** More rounds than any rules let a gate have (a hundred that count, and a quarter of that replaced): what a decision costs grows with their square. */
const MOST_ROUNDS = 200
const labels = <Of extends z.ZodType>(of: Of) => z.array(of).max(10_000)

export const roundSchema = z.strictObject({
  round: count,
  seed: z.int(),
  first: z.record(name, side),
  startedAt: text,
  validity: z.strictObject({
    status: verdictStatusSchema,
    reasons: labels(
      z.strictObject({ code: name, message: text, evidence: z.record(z.string(), z.union([z.number(), text, z.null()])) }),
    ),
  }),
  values: labels(
    z.strictObject({
      label: name,
      metric,
      lnRatio: z.number().nullable(),
      baseline: z.number().nullable(),
      candidate: z.number().nullable(),
      pairs: count,
      dropped: count,
    }),
  ),
  ledgers: labels(z.strictObject({ label: name, side, expected: count, ...receipts, unconfirmed: count.optional() })),
  covariates: z.record(z.string(), z.number().nullable()),
})

const verdictSchema = z.strictObject({
  status: z.enum(['pass', 'fail', 'inconclusive', 'invalid']),
  why: text,
  rounds: count,
  look: count.nullable(),
  replaced: count,
  metrics: labels(
    z.strictObject({
      label: name,
      metric,
      margin: amount.nullable(),
      rounds: count,
      exact: z.boolean(),
      outcome: z.enum(['regressed', 'improved', 'equivalent', 'inconclusive']),
      ratio,
      interval,
      pWorse: amount.nullable(),
      pWorseAdjusted: amount.nullable(),
      pBeyondMargin: amount.nullable(),
      baseline: z.number().nullable(),
      candidate: z.number().nullable(),
      settledBy: text.nullable(),
    }),
  ),
  ledgers: labels(
    z.strictObject({
      label: name,
      kind: z.enum(['missing', 'duplicates', 'reordered']),
      baseline: count,
      candidate: count,
      status: z.enum(['pass', 'fail']),
    }),
  ),
  exitCode: z.int().min(0).max(255),
})

const sideSchema = z.strictObject({ what: text, build: text.nullable(), revision: text.nullable() })

const margins = Object.fromEntries(COMPARED_METRICS.map((path) => [path, amount.nullable()])) as Record<
  (typeof COMPARED_METRICS)[number],
  z.ZodNullable<typeof amount>
>

export const gateSchema = z.strictObject({
  schemaVersion: z.literal(GATE_SCHEMA_VERSION),
  feedbench: z.strictObject({ version: name }),
  form: z.enum(['ab', 'stored']),
  layout: z.enum(['slices', 'sequential']),
  scenario: z.strictObject({ name, sha256: text }),
  seed: z.int(),
  sides: z.strictObject({ baseline: sideSchema, candidate: sideSchema }),
  rules: z.strictObject({
    margins: z.strictObject(margins),
    identicalBytesMargin: amount,
    looks: z.array(count.max(MOST_ROUNDS)).max(100),
    alphas: z.array(amount).max(100),
    passAlpha: amount,
    mostReplacedShare: amount,
  }),
  measurement: z
    .strictObject({
      scenario: name,
      overrides: z.strictObject({ transports: text.nullable(), clients: text.nullable() }),
      labels: labels(name),
      slices: z.strictObject({ sliceUs: amount, perSideUs: amount }).nullable(),
      limits: z.record(z.string(), z.record(z.string(), amount)),
      files: z.record(name, text).optional(),
      differs: labels(text).optional(),
      baselineLosses: labels(z.strictObject({ label: name, missing: count, duplicates: count, reordered: count })).optional(),
      shownOnly: labels(name).optional(),
    })
    .optional(),
  environment: z.unknown(),
  rounds: z.array(roundSchema).max(MOST_ROUNDS),
  verdict: verdictSchema,
}) satisfies z.ZodType<GateResult>

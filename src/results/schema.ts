import { z } from 'zod'
import type { Plan } from '../model/plan.js'
import { type Environment, RESULT_SCHEMA_VERSION, type Result, SUMMARY_METRICS, type SummaryMetric } from '../model/result.js'
import type { Trial } from '../model/trial.js'
import { amount, count, name, text } from './numbers.js'
import { cpuPlacementSchema, loadSchema, planSchema } from './plan-schema.js'
import { trialSchema, verdictStatusSchema } from './trial-schema.js'

export { trialSchema }

const environmentSchema = z.strictObject({
  os: z.strictObject({ platform: text, release: text, arch: text }),
  cpu: z.strictObject({ model: text, cores: count, mhz: amount.nullable() }),
  memoryBytes: count,
  node: z.strictObject({ version: text, v8: text, libuv: text }),
  packages: z.record(z.string(), text),
  git: z.strictObject({ revision: text, dirty: z.boolean() }).nullable(),
  limits: z.strictObject({
    descriptorsPerProcess: count.nullable(),
    listenBacklog: count.nullable(),
    portRange: z.tuple([count, count]).nullable(),
  }),
  congestionControl: text.nullable(),
  virtualization: text.nullable(),
  placement: cpuPlacementSchema,
  clock: text,
})

const feedbenchSchema = z.strictObject({ version: name })

/** A value of a metric; those that are differences may be below 0. */
const value = z.number().nullable()
const spreadSchema = z.strictObject({ median: value, min: value, max: value }).meta({ id: 'spread' })

// An object rather than a record over an enum: JSON Schema then names every metric as required.
const metricsSchema = z.strictObject(
  Object.fromEntries(SUMMARY_METRICS.map((metric) => [metric, spreadSchema])) as Record<SummaryMetric, typeof spreadSchema>,
)

const thresholdStatusSchema = z.enum(['pass', 'fail', 'no-data'])

const summarySchema = z.strictObject({
  rows: z
    .array(
      z.strictObject({
        label: name,
        transport: name,
        load: loadSchema,
        rounds: z.strictObject({ valid: count, degraded: count, invalid: count }),
        verdict: verdictStatusSchema,
        reasons: z.array(name).max(1000),
        metrics: metricsSchema,
      }),
    )
    .max(1_000_000),
  winners: z
    .array(z.strictObject({ metric: z.enum(SUMMARY_METRICS), load: loadSchema, label: name.nullable(), why: text.nullable() }))
    .max(1_000_000),
  thresholds: z
    .array(
      z.strictObject({
        threshold: text,
        status: thresholdStatusSchema,
        checks: z.array(z.strictObject({ label: name, load: loadSchema, value, status: thresholdStatusSchema })).max(1_000_000),
      }),
    )
    .max(10_000),
  trials: z.strictObject({ planned: count, finished: count }),
  endedEarly: text.nullable(),
  exitCode: z.int().min(0).max(255),
})

export const resultSchema = z.strictObject({
  schemaVersion: z.literal(RESULT_SCHEMA_VERSION),
  feedbench: feedbenchSchema,
  environment: environmentSchema,
  plan: planSchema,
  trials: z.array(trialSchema).max(1_000_000),
  summary: summarySchema,
}) satisfies z.ZodType<Result>

/** What a run knows of itself before its first trial, and what `plan.json` therefore holds beside the plan. */
export interface RunContext {
  feedbench: { version: string }
  environment: Environment
}

export const planFileSchema = planSchema.extend({
  feedbench: feedbenchSchema,
  environment: environmentSchema,
}) satisfies z.ZodType<Plan & RunContext>

/**
 * JSON Schema (draft 2020-12) of `result.json`, as published in docs/schema.
 * @internal for npm run schemas
 */
export function resultJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(resultSchema, { target: 'draft-2020-12' })
  return {
    $schema,
    title: 'Result of a feedbench run',
    description: `result.json of a run folder, schema version ${RESULT_SCHEMA_VERSION}`,
    ...schema,
  }
}

/** `satisfies` above holds the schemas to the model; this holds the model to the schemas, so that neither has a member more. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never
true satisfies Same<z.infer<typeof resultSchema>, Result> &
  Same<z.infer<typeof trialSchema>, Trial> &
  Same<z.infer<typeof planSchema>, Plan>

import { z } from 'zod'
import type { Plan } from '../model/plan.js'
import { amount, count, name, text } from './numbers.js'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hexadecimal')

/** Axes of the matrix stand beside the three that every load point has. */
export const loadSchema = z
  .object({ clients: count, ratePerSec: amount, payloadBytes: count.nullable() })
  .catchall(z.union([z.number(), text, z.boolean(), z.null()]))
  .meta({ id: 'load' })

const feedSchema = z
  .strictObject({
    arrival: z.enum(['periodic', 'poisson', 'burst', 'trace']),
    ratePerSec: amount,
    payloadBytes: count.nullable(),
    burst: z.strictObject({ size: z.number().min(1), gapUs: amount, spread: amount }).nullable(),
    trace: z
      .strictObject({
        file: text,
        speed: z.number().positive(),
        loop: z.boolean(),
        messages: count,
        topics: z.array(text).max(100_000),
        sha256,
      })
      .nullable(),
    seed: z.int(),
    slices: z
      .array(z.strictObject({ startOffsetUs: count, endOffsetUs: count }))
      .max(100_000)
      .exactOptional(),
  })
  .meta({ id: 'feed' })

const transportSchema = z
  .strictObject({
    transport: name,
    label: name,
    module: text,
    options: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'plannedTransport' })

const cores = z.array(count).max(10_000).nullable()

export const placementSchema = z
  .strictObject({
    server: z.strictObject({ cores }),
    drivers: z.array(z.strictObject({ cores, clients: count, sourceAddresses: z.array(name).max(100_000) })).max(10_000),
    relays: z
      .array(z.strictObject({ cores, sourceAddresses: z.array(name).max(100_000) }))
      .max(10_000)
      .exactOptional(),
  })
  .meta({ id: 'placement' })

export const cpuPlacementSchema = z
  .strictObject({ mode: z.enum(['pinned', 'shared']), reason: text.nullable() })
  .meta({ id: 'cpuPlacement' })

const plannedWindowSchema = z.strictObject({
  startOffsetUs: count,
  endOffsetUs: count,
  side: text.nullable(),
  tag: text.nullable(),
})

/** A link as it is planned, and as a trial's own report begins. */
export const plannedNetworkSchema = z.strictObject({
  tier: z.enum(['relay', 'netem']),
  // Runs that were written before a kernel's link could be had knew nothing of these two.
  tierReason: text.default('not recorded by the version that wrote this'),
  rttUs: count,
  jitterUs: count,
  bandwidthBytesPerSec: amount.nullable(),
  lossShare: z.number().min(0).max(1).default(0),
  events: z
    .array(
      z.strictObject({
        kind: z.enum(['stall', 'cut', 'blackhole']),
        atUs: count,
        lengthUs: count.nullable(),
        share: z.number().positive().max(1),
      }),
    )
    .max(100),
})

const pointer = text
const surfaceSchema = z.strictObject({
  path: text,
  cursor: text.nullable(),
  poll: z.strictObject({ messages: pointer, next: pointer, hold: text.nullable(), holdUnit: z.enum(['ms', 's']) }).nullable(),
  events: z.array(text).max(100).nullable(),
  protocol: text.nullable(),
  send: z.string().max(65_536).nullable(),
})

const targetSchema = z
  .strictObject({
    process: z
      .strictObject({
        command: z.array(text).min(1).max(200),
        cwd: text,
        env: z.record(z.string(), text),
        portVariable: text,
      })
      .nullable(),
    host: text,
    port: count.max(65_535).nullable(),
    ready: z.strictObject({ path: text.nullable(), timeoutUs: count }),
    surface: surfaceSchema,
    publish: z
      .strictObject({
        kind: z.enum(['post', 'websocket']),
        host: text.nullable(),
        port: count.max(65_535).nullable(),
        path: text,
        method: text,
        headers: z.array(z.tuple([text, text])).max(1000),
        connections: z.int().min(1).max(1000),
      })
      .nullable(),
  })
  .meta({ id: 'target' })

const codecSchema = z
  .strictObject({
    module: text,
    pointers: z
      .strictObject({
        seq: pointer,
        topic: pointer.nullable(),
        time: pointer.nullable(),
        published: pointer.nullable(),
        timeUnit: z.enum(['us', 'ms', 's']),
        clock: z.enum(['monotonic', 'unix']),
      })
      .nullable(),
  })
  .meta({ id: 'codec' })

const plannedTrialSchema = transportSchema
  .extend({
    index: count,
    round: count,
    load: loadSchema,
    feed: feedSchema,
    phases: z.strictObject({ warmupUs: count, measureUs: count, drainUs: count }),
    windows: z.array(plannedWindowSchema).max(100_000),
    connect: z.strictObject({ ratePerSec: amount, timeoutUs: count }),
    slowReaders: z.strictObject({ clients: count, bytesPerSec: z.number().positive(), seed: z.int() }).nullable(),
    clientSeed: z.int(),
    requestHeaders: z.strictObject({
      name: z.enum(['minimal', 'browser', 'custom']),
      headers: z.array(z.tuple([text, text])).max(1000),
    }),
    placement: placementSchema,
    network: plannedNetworkSchema.nullable(),
    publisher: z.strictObject({ place: z.enum(['server', 'process']), outlet: text }),
    // Absent in what was written before there were such keys.
    target: targetSchema.nullable().default(null),
    codec: codecSchema.default({ module: 'feedbench:json', pointers: null }),
  })
  .meta({ id: 'plannedTrial' })

const publishedSchema = z
  .strictObject({
    source: text,
    year: z.int(),
    link: text.nullable(),
    setup: text,
    figures: z.array(z.strictObject({ what: text, published: text.nullable(), expect: text })).max(100),
    explanation: text,
  })
  .meta({ id: 'published' })

export const planSchema = z
  .strictObject({
    planVersion: z.literal(2),
    scenario: z.strictObject({ name, description: text.nullable(), file: text.nullable(), sha256 }),
    seed: z.int(),
    rounds: z.int().min(1),
    // There is a cell for each combination of the two. A scenario may have 50 and 1,000.
    transports: z.array(transportSchema).max(100),
    loadPoints: z.array(loadSchema).max(1_000),
    thresholds: z.array(text).max(10_000),
    // Absent in what was written before there was such a key.
    published: publishedSchema.nullable().default(null),
    trials: z.array(plannedTrialSchema).max(1_000_000),
    cpuPlacement: cpuPlacementSchema,
  })
  .meta({ id: 'plan' }) satisfies z.ZodType<Plan>

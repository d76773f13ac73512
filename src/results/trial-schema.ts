import { z } from 'zod'
import type { Trial } from '../model/trial.js'
import { REASON_CODES, type ReasonCode } from '../model/verdict.js'
import { amount, count, histogram, name, receipts, share, text } from './numbers.js'
import { loadSchema, placementSchema, plannedNetworkSchema } from './plan-schema.js'

/** What a process cost, where the system tells. */
const cost = amount.nullable()

/** Of one reason: reports look each up in all reasons of a row. */
const MOST_FIGURES = 100

const reasonCodes = Object.keys(REASON_CODES) as [ReasonCode, ...ReasonCode[]]

export const verdictStatusSchema = z.enum(['valid', 'degraded', 'invalid']).meta({ id: 'verdictStatus' })

const verdictSchema = z.strictObject({
  status: verdictStatusSchema,
  reasons: z
    .array(
      z.strictObject({
        code: z.enum(reasonCodes),
        severity: z.enum(['finding', 'degraded', 'invalid']),
        message: text,
        evidence: z
          .record(z.string(), z.union([z.number(), text, z.null()]))
          .refine((figures) => Object.keys(figures).length <= MOST_FIGURES, `expected at most ${MOST_FIGURES} figures, got more`),
      }),
    )
    .max(1000),
})

const distributionSchema = z
  .strictObject({
    count,
    min: cost,
    mean: cost,
    p50: cost,
    p90: cost,
    p95: cost,
    p99: cost,
    p999: cost,
    max: cost,
    histogram: histogram.nullable(),
  })
  .meta({ id: 'distribution' })

const windowSchema = z.strictObject({ startUs: count, endUs: count, side: text.nullable(), tag: text.nullable() })

const messagesSchema = z.strictObject({
  scheduled: count,
  published: count,
  expected: count,
  ...receipts,
  basis: z.literal('observed').exactOptional(),
})

const bytesSchema = z.strictObject({
  payload: count,
  headers: count.nullable(),
  // Below 0 where compression saves more than framing costs.
  framing: z.int().nullable(),
  received: count,
  sent: count,
  perMessage: amount.nullable(),
  // Below 0 where compression outweighs the overhead.
  overheadRatio: z.number().min(-1).nullable(),
  lifetime: z.strictObject({ received: count, sent: count }),
})

const requestsSchema = z.strictObject({
  total: count,
  empty: count,
  failed: count,
  skipped: count,
  perMessage: amount.nullable(),
  messagesPerResponse: amount.nullable(),
})

const serverSchema = z.strictObject({
  cpuUs: cost,
  cpuUserUs: cost,
  cpuSystemUs: cost,
  metronomeCpuUs: cost,
  cpuUsPerMessage: cost,
  eventLoopUtilization: share.nullable(),
  eventLoopDelayUsP99: cost,
  gcUs: cost,
  rssBytes: count.nullable(),
  // A difference, and memory may be given back meanwhile.
  rssBytesPerConnection: z.number().nullable(),
  writes: count.nullable(),
  messagesPerWrite: cost,
  evicted: count.nullable(),
  disconnected: z.strictObject({ slow: count, refused: count }).nullable(),
})

const slowReadersSchema = z.strictObject({
  clients: count,
  bytesPerSec: amount,
  latencyUs: distributionSchema,
  stalenessUs: distributionSchema,
  delivered: count,
  missing: count,
  superseded: count,
  receivedBytes: count,
  reconnects: count,
  serverMaxBufferedBytes: count.nullable(),
  serverMaxBufferedBytesPerConnection: count.nullable(),
  serverMaxRssBytes: count.nullable(),
  disconnected: count.nullable(),
})

const driverSchema = z.strictObject({
  cpuUs: cost,
  eventLoopUtilization: share.nullable(),
  eventLoopDelayUsP99: cost,
  gcUs: cost,
  rssBytes: count.nullable(),
  lagUs: distributionSchema,
  transitLessLagUs: distributionSchema,
  heartbeatLatenessUs: distributionSchema,
  frozenUs: amount,
  negatives: count,
  exhausted: count,
})

const driverReportSchema = driverSchema.extend({
  driver: z.int().min(1),
  clients: count,
  clock: z.strictObject({ domain: text, offsetUs: z.number(), errorUs: amount }),
})

const seriesPointSchema = z.strictObject({
  atMs: amount,
  lengthMs: amount,
  delivered: count,
  latencyUs: distributionSchema.pick({ p50: true, p99: true, max: true, histogram: true }),
  bytesReceived: count,
})

const predictedSchema = z.strictObject({
  figures: z
    .array(
      z.strictObject({
        metric: text,
        expected: z.number(),
        measured: z.number().nullable(),
        deviation: z.number().nullable(),
        source: text,
      }),
    )
    .max(1000),
  notCovered: text.nullable(),
})

const networkSchema = plannedNetworkSchema.extend({
  toServer: z.strictObject({ delayUs: distributionSchema }),
  toClient: z.strictObject({ delayUs: distributionSchema }),
  latenessUs: distributionSchema,
  relays: z
    .array(
      z.strictObject({
        relay: z.int().min(1),
        connections: count,
        cpuUs: amount,
        eventLoopUtilization: share,
        maxBufferedBytes: count,
      }),
    )
    .max(10_000),
  loss: z
    .strictObject({ probes: count, probesLost: count, segments: count, segmentsRetransmitted: count })
    .nullable()
    .default(null),
  cannotShow: z.array(text).max(100),
})

const postsSchema = z.strictObject({
  accepted: count,
  failed: count,
  unconfirmed: count,
  roundTripUs: distributionSchema,
  lastError: text.nullable(),
  cpuUs: amount,
  eventLoopUtilization: share,
})

export const trialSchema = z
  .strictObject({
    index: count,
    transport: name,
    label: name,
    round: count,
    load: loadSchema,
    windows: z.array(windowSchema).max(100_000),
    verdict: verdictSchema,
    messages: messagesSchema,
    latencyUs: distributionSchema,
    transitUs: distributionSchema,
    publishDelayUs: distributionSchema,
    connectUs: distributionSchema,
    stalenessUs: distributionSchema,
    bytes: bytesSchema,
    requests: requestsSchema,
    connections: z.strictObject({ opened: count, failed: count, reconnects: count }),
    slowReaders: slowReadersSchema.nullable(),
    server: serverSchema,
    driver: driverSchema,
    drivers: z.array(driverReportSchema).max(10_000),
    // 600 blocks a window side, merged beyond; the bound only keeps hostile files out.
    series: z.array(seriesPointSchema).max(100_000),
    publisher: z.strictObject({
      place: z.enum(['server', 'process', 'client']),
      outlet: text,
      // Absent in what was written before there was such a key.
      posts: postsSchema.nullable().default(null),
    }),
    machine: z.strictObject({
      cpuOthersShare: share.nullable(),
      stealShare: share.nullable(),
      wallClockDriftUs: z.number().nullable(),
    }),
    placement: placementSchema,
    predicted: predictedSchema,
    network: networkSchema.nullable(),
    startedAt: z.iso.datetime(),
    notMeasured: z.record(z.string(), text),
  })
  .meta({ id: 'trial' }) satisfies z.ZodType<Trial>

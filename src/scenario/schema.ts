import { z } from 'zod'
import { LONGEST_THRESHOLD } from '../analysis/threshold-syntax.js'
import { duration, onOff } from '../transports/options.js'
import { gateSchema } from './gate.js'
import { networkSchema } from './network.js'
import { publishedSchema } from './published.js'
import { rate, share, size, speed } from './quantities.js'
import { targetSchema } from './target-schema.js'

const DAY_US = 86_400e6

const scalar = z.union([z.string(), z.number(), z.boolean()], { error: 'E_MATRIX expected a text, a number, on or off' })

const feed = z
  .strictObject({
    rate: rate(1 / 3_600, 100_000, '1/h to 100000/s')
      .optional()
      .describe('Mean messages per second, such as 20/s or 90/min'),
    arrival: z
      .enum(['periodic', 'poisson', 'burst'])
      .optional()
      .meta({ default: 'poisson' })
      .describe('periodic: at equal distances; poisson: independent of each other; burst: several close together, then a pause'),
    payload: size(96, 2 ** 20, '96B to 1MiB')
      .optional()
      .describe('UTF-8 length of a whole message, 96B to 1MiB (default 200B)'),
    burst: z
      .strictObject({
        size: z.number().min(1).max(100_000).default(10).describe('Mean number of messages in a burst'),
        gap: duration(0, 60e6, '0ms to 1m').prefault('0ms').describe('Mean time between messages of a burst'),
        spread: z
          .number()
          .min(0)
          .max(5)
          .default(1)
          .describe('How unequal the pauses are: sigma of their lognormal; 0 makes all regular'),
      })
      .optional()
      .describe('Shape of the bursts, with arrival: burst'),
    trace: z
      .string()
      .min(1, { error: 'E_VALUE expected the path of a trace' })
      .max(4_096)
      .optional()
      .describe(
        'Recorded messages to replay instead of rate, arrival and payload: NDJSON of at_ms, topic and data, relative to this file',
      ),
    speed: z
      .number()
      .min(0.001)
      .max(1e6)
      .optional()
      .meta({ default: 1 })
      .describe('How many times faster than recorded, with trace'),
    loop: onOff().optional().describe('Whether the trace begins again when it is over (default off)'),
  })
  .meta({ anyOf: [{ required: ['rate'] }, { required: ['trace'] }] })
  .describe('What is published, and when')

const phases = z
  .strictObject({
    warmup: duration(0, DAY_US, '0s to 24h').prefault('1s').describe('Published and received, but not measured'),
    measure: duration(100e3, DAY_US, '100ms to 24h').prefault('10s').describe('The window that is measured'),
    drain: duration(0, DAY_US, '0s to 24h').prefault('5s').describe('How long the last messages may take to arrive'),
  })
  .prefault({})
  .describe('The parts of a trial')

const connect = z
  .strictObject({
    rate: rate(0.1, 100_000, '0.1/s to 100000/s').prefault('2000/s').describe('Clients opened per second, over all drivers'),
    timeout: duration(100e3, 3_600e6, '100ms to 1h')
      .prefault('30s')
      .describe('The trial begins after this, whoever is subscribed'),
  })
  .prefault({})
  .describe('How clients connect')

const slowReaders = z
  .strictObject({
    share: share(0, 1, '0% to 100%').prefault('10%').describe('Of the clients, to the nearest whole client, and one at least'),
    rate: speed(100, 2 ** 30, '100B/s to 1GiB/s')
      .prefault('20KiB/s')
      .describe('What each of them reads at most, such as 20KiB/s'),
  })
  .optional()
  .describe('Clients that read more slowly than the feed comes; their latency is kept apart from that of the others')

/** Header values that YAML reads as numbers or booleans, such as `DNT: 1`, are texts on the wire all the same. */
const headerValue = z.union([z.string(), z.number(), z.boolean()], { error: 'E_TYPE expected a text' })
const headers = z
  .union([z.enum(['minimal', 'browser']), z.record(z.string(), headerValue)], {
    error: 'E_VALUE expected minimal, browser, or a map of names and values',
  })
  .prefault('minimal')
  .describe(
    'Request headers beyond what a protocol needs: minimal (none), browser (what Chrome sends), or a map of names and values',
  )

/**
 * The keys of a scenario. What the entries of `transports` may hold is in the transports' own schemas;
 * what keys mean together is checked in `check.ts`.
 */
export const scenarioSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\p{L}\p{N}][\p{L}\p{N}._ -]{0,79}$/u, {
        error: 'E_VALUE expected 1 to 80 letters, digits, spaces and any of . _ - after a letter or digit',
      })
      .describe('Short name of the question, as in reports'),
    description: z.string().max(2_000).optional().describe('What the scenario asks'),
    feed,
    clients: z.int().min(1).max(1_000_000).describe('Simulated subscribers of each transport'),
    transports: z.array(z.unknown()).min(1).max(50).describe('What is compared: names, or names with options'),
    phases,
    connect,
    slowReaders,
    rounds: z.int().min(1).max(1_000).default(1).describe('How many times everything is repeated; a winner needs several'),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .optional()
      .describe('Makes order, publish times and poll phases the same again; drawn where it is not given'),
    thresholds: z
      .array(z.string().max(LONGEST_THRESHOLD))
      .max(100)
      .default([])
      .describe('Absolute limits, such as "websocket.latencyUs.p99 < 100ms"; * selects all'),
    matrix: z
      .record(z.string(), z.array(scalar).min(1).max(100))
      .optional()
      .describe(
        'Values to combine, by key: clients, coalesce, headers, feed.<key>, phases.<key>, slowReaders.<key>, network.<rtt, jitter, bandwidth>, transports.<name>.<option>',
      ),
    headers,
    network: networkSchema,
    target: targetSchema,
    pin: onOff().prefault('on').describe('Whether server and drivers get cores of their own where that is possible'),
    coalesce: onOff()
      .optional()
      .describe(
        'coalesce of every transport that has this option and does not set it: on is one write a client and turn of the loop',
      ),
    gate: gateSchema,
    published: publishedSchema.optional(),
  })
  .describe('A feedbench scenario: a question in a file')

export type ScenarioInput = z.infer<typeof scenarioSchema>

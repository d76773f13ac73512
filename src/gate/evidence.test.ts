import { expect, test } from 'vitest'
import { Histogram } from '../measure/histogram.js'
import type { Side } from '../model/gate.js'
import type { PlannedTrial } from '../model/plan.js'
import type { Usage } from '../model/shard.js'
import { buildPlan } from '../testing/builders.js'
import { labelFigures } from './evidence.js'
import type { PairShards } from './pair-run.js'

const empty = new Histogram().encode()
const SLICE = { timeUs: empty, lagUs: empty, negatives: 0 }
const USAGE: Usage = {
  sampledUs: 0,
  cpuUserUs: 0,
  cpuSystemUs: 0,
  eventLoopUtilization: 0,
  eventLoopDelayUsP99: null,
  gcUs: 0,
  rssBytes: 0,
}

/** Two pairs of slices in which nothing was delivered. `utilizations`: of each side's publisher, by its slices. */
function shardsOf(utilizations: Record<Side, (number | null)[]> | null): PairShards {
  const [planned] = buildPlan({ labels: ['sse'] }).trials as [PlannedTrial]
  const order: Side[] = ['candidate', 'baseline', 'candidate', 'baseline']
  const side = {
    ledger: { delivered: 0, missing: 0, superseded: 0, duplicates: 0, reordered: 0, overflowed: 0 },
    slices: [SLICE, SLICE],
    bytes: { payload: 0, received: 0, sent: 0, deliveries: 0 },
    connections: { opened: 0, lost: 0, exhausted: 0, foreign: 0, lastError: null },
  }
  const server = (of: Side) => ({
    published: 24,
    cpuUs: null,
    ownDelaysUs: utilizations === null ? null : [],
    posts: utilizations === null ? null : { unconfirmed: of === 'candidate' ? 2 : 0, utilizations: utilizations[of] },
  })
  return {
    plan: { planned, trace: null, layout: { sliceUs: 100e3, guardUs: 10e3, warmupUs: 100e3, slices: 2 }, first: 'candidate' },
    slices: order.map((of, index) => ({ startUs: index * 110e3, endUs: index * 110e3 + 100e3, side: of, tag: null })),
    counts: [12, 12, 12, 12].map((scheduled) => ({ scheduled, counted: scheduled - 1 })),
    servers: { baseline: server('baseline'), candidate: server('candidate') },
    drivers: [{ driver: 1, sides: { baseline: side, candidate: side }, loops: [], usage: USAGE }],
    machine: { intervals: [], whole: null },
  }
}

test('a publisher is as busy as it was in its own slices, and a round as its busier publisher', () => {
  const { pairs, publisherUtilization, ledgers } = labelFigures(shardsOf({ candidate: [0.9, 0.7], baseline: [0.1, null] }))
  expect(pairs.map(({ slices }) => [slices.baseline.publisherUtilization, slices.candidate.publisherUtilization])).toEqual([
    [0.1, 0.9],
    [null, 0.7],
  ])
  expect(publisherUtilization).toBeCloseTo(0.8)
  expect([ledgers.baseline.unconfirmed, ledgers.candidate.unconfirmed]).toEqual([0, 2])
})

test('of a server that publishes by itself no publisher is known', () => {
  const { publisherUtilization, latePublishShare, ledgers } = labelFigures(shardsOf(null))
  expect([publisherUtilization, latePublishShare, ledgers.candidate.unconfirmed]).toEqual([null, null, 0])
})

import { describe, expect, test } from 'vitest'
import { createPairDriver } from '../dist/driver/pair-driver.js'
import { createFeedServer } from '../dist/server/server-role.js'
import { labelFigures } from '../src/gate/evidence.js'
import { layoutOf } from '../src/gate/layout.js'
import { measurePair, type PairShards } from '../src/gate/pair-run.js'
import { checkLabel } from '../src/gate/round-checks.js'
import { ledgersOf, valuesOf } from '../src/gate/round-values.js'
import { feedbenchSide, type LaunchSide } from '../src/gate/side-server.js'
import { systemClock } from '../src/measure/clock.js'
import { decodeHistogram } from '../src/measure/histogram.js'
import { FeedbenchError } from '../src/model/errors.js'
import type { Side } from '../src/model/gate.js'
import type { PlannedTrial } from '../src/model/plan.js'
import { buildPlan } from '../src/testing/builders.js'
import { buildFeed } from '../src/testing/feeds.js'
import { InMemoryFleet } from '../src/testing/in-memory-fleet.js'
import { builtInModule, loadTransport } from '../src/transports/registry.js'

/** Both sides, and the driver of both, in this process: what is measured is how they are put together, and not how fast they are. */

const CLIENTS = 3
const GATE = { sliceUs: 100e3, perSideUs: 300e3 }

async function planned(transport: string, given: Record<string, unknown> = {}): Promise<PlannedTrial> {
  const { optionsSchema } = await loadTransport(builtInModule(transport))
  const [trial] = buildPlan({
    labels: [transport],
    loadPoints: [{ clients: CLIENTS, ratePerSec: 120, payloadBytes: 200 }],
  }).trials
  return {
    ...(trial as PlannedTrial),
    options: optionsSchema.parse(given) as Record<string, unknown>,
    feed: buildFeed({ ratePerSec: 120 }),
    phases: { warmupUs: 100e3, measureUs: 1e6, drainUs: 20e6 },
    placement: { server: { cores: null }, drivers: [{ cores: null, clients: CLIENTS, sourceAddresses: [] }] },
  }
}

async function measure(
  trial: PlannedTrial,
  { first = 'baseline', candidate = feedbenchSide(undefined) }: { first?: Side; candidate?: LaunchSide } = {},
): Promise<{ shards: PairShards; fleet: InMemoryFleet; phases: string[] }> {
  const fleet = new InMemoryFleet({ server: createFeedServer, 'pair-driver': createPairDriver })
  const phases: string[] = []
  const shards = await measurePair(
    { planned: trial, trace: null, layout: layoutOf(GATE, trial), first },
    {
      fleet,
      clock: systemClock,
      host: '127.0.0.1',
      launch: { baseline: feedbenchSide(undefined), candidate },
      signal: new AbortController().signal,
      onPhase: (phase) => phases.push(phase),
    },
  )
  return { shards, fleet, phases }
}

/** A side whose server publishes everything so much later than it is due. */
const late =
  (delayUs: number): LaunchSide =>
  async (launch) => {
    const server = await feedbenchSide(undefined)(launch)
    return {
      ...server,
      publish: ({ epochUs, untilUs, windows }) =>
        server.publish({
          epochUs: epochUs + delayUs,
          untilUs: untilUs + delayUs,
          windows: windows.map((window) => ({ ...window, startUs: window.startUs + delayUs, endUs: window.endUs + delayUs })),
        }),
    }
  }

describe.concurrent.each([
  ['websocket', {}],
  ['polling', { interval: '20ms' }],
] as const)('two servers in turns over %s', (transport, options) => {
  test('get the same messages each, of which all but the first of a slice count', async () => {
    const { shards, fleet, phases } = await measure(await planned(transport, options), { first: 'candidate' })
    expect(phases).toEqual(['launch', 'connect', 'warmup', 'measure', 'drain', 'close'])
    expect(fleet.running).toEqual([])
    expect(shards.slices.map(({ side }) => side)).toEqual(new Array(3).fill(['candidate', 'baseline']).flat())
    expect(shards.counts).toEqual(new Array(6).fill({ scheduled: 12, counted: 11 }))
    for (const side of ['baseline', 'candidate'] as const) {
      expect(shards.servers[side].published).toBe(36)
      const counts = shards.drivers[0]?.sides[side].slices.map(({ timeUs }) => decodeHistogram(timeUs).count)
      expect(counts).toEqual(new Array(3).fill(11 * CLIENTS))
    }
    const figures = labelFigures(shards)
    for (const { expected, delivered, missing } of ledgersOf(figures))
      expect([expected, delivered, missing]).toEqual([36 * CLIENTS, 36 * CLIENTS, 0])
    expect(checkLabel(figures).invalid.map(({ code }) => code)).not.toContain('LEDGER_MISMATCH')
    expect(figures.pairs.map(({ slices }) => slices.baseline.publishes)).toEqual([11, 11, 11])
  })
})

test('what one side is slower by is found on that side alone', async () => {
  const { shards } = await measure(await planned('sse'), { candidate: late(300e3) })
  const figures = labelFigures(shards)
  for (const { slices } of figures.pairs) expect(slices.candidate.p50).toBeGreaterThanOrEqual(300e3)
  const p50 = valuesOf(figures, [true, true, true]).find(({ metric }) => metric === 'latencyUs.p50')
  expect(p50?.lnRatio).toBeGreaterThan(0)
  expect(p50?.baseline).toBeLessThan(p50?.candidate ?? 0)
})

test('bytes are counted for each side by itself', async () => {
  const { shards } = await measure(await planned('websocket'))
  const [baseline, candidate] = [shards.drivers[0]?.sides.baseline.bytes, shards.drivers[0]?.sides.candidate.bytes]
  // 200 bytes of text and a header of 4; what was published before the first slice that counts may still come in it.
  for (const bytes of [baseline, candidate]) expect((bytes?.received ?? 0) / (bytes?.deliveries ?? 1)).toBeCloseTo(204, 6)
  expect(baseline?.deliveries).toBeGreaterThanOrEqual(36 * CLIENTS)
})

test('a side that breaks ends the round with its own sentence, and nothing is left running', async () => {
  const broken: LaunchSide = async (launch) => {
    const server = await feedbenchSide(undefined)(launch)
    const died = {
      code: 'E_MEMBER_DIED',
      where: 'feedbench server (candidate)',
      message: 'expected to run, but it ended',
    } as const
    return { ...server, publish: () => Promise.reject(new FeedbenchError(died)) }
  }
  const fleet = measure(await planned('sse'), { candidate: broken })
  await expect(fleet).rejects.toMatchObject({
    problems: [{ where: 'feedbench server (candidate) in the connect phase of round 1 (sse)' }],
  })
})

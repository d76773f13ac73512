import { describe, expect, it } from 'vitest'
import { placeOnOneDriver, read, testFleet } from '../testing/scenarios.js'
import { makePlan } from './plan.js'

const PARTS = {
  transports: '[polling, { polling: { interval: 2s } }, sse, websocket]',
  rounds: '5',
  matrix: '{ clients: [10, 20], feed.rate: [1/s, 2/s, 3/s] }',
  headers: 'browser',
}

async function plan(parts: Record<string, string> = {}, seed = 42) {
  return makePlan(await read({ ...PARTS, ...parts }), testFleet, placeOnOneDriver, { seed })
}

const cellsOf = (trials: { round: number; label: string; load: object }[], round: number) =>
  trials.filter((trial) => trial.round === round).map(({ label, load }) => `${label} ${JSON.stringify(load)}`)

describe('a plan', () => {
  it('is the same for the same scenario, seed and fleet', async () => {
    expect(await plan()).toEqual(await plan())
  })

  it('survives JSON', async () => {
    const made = await plan()
    expect(JSON.parse(JSON.stringify(made))).toEqual(made)
  })

  it('has each transport at each load point once a round', async () => {
    const { trials } = await plan()
    expect(trials).toHaveLength(5 * 4 * 6)
    expect(trials.map(({ index }) => index)).toEqual([...trials.keys()])
    for (let round = 1; round <= 5; round++) expect(new Set(cellsOf(trials, round)).size).toBe(24)
  })

  it('reverses each odd round in the next', async () => {
    const { trials } = await plan()
    expect(cellsOf(trials, 2)).toEqual(cellsOf(trials, 1).reverse())
    expect(cellsOf(trials, 4)).toEqual(cellsOf(trials, 3).reverse())
    expect(cellsOf(trials, 3)).not.toEqual(cellsOf(trials, 1))
    expect(cellsOf(trials, 5)).not.toEqual(cellsOf(trials, 3))
  })

  it('orders otherwise for another seed', async () => {
    expect(cellsOf((await plan({}, 1)).trials, 1)).not.toEqual(cellsOf((await plan({}, 2)).trials, 1))
  })

  it('takes the seed of the scenario before the one that was drawn', async () => {
    expect((await plan({ seed: '7' })).seed).toBe(7)
    expect((await plan()).seed).toBe(42)
  })

  it('gives all transports of a round and load point the same feed, and each its own clients', async () => {
    const { trials } = await plan()
    const feeds = new Map<string, Set<number>>()
    for (const { round, load, feed } of trials) {
      const key = `${round} ${JSON.stringify(load)}`
      feeds.set(key, (feeds.get(key) ?? new Set()).add(feed.seed))
    }
    expect([...feeds.values()].every((seeds) => seeds.size === 1)).toBe(true)
    expect(new Set([...feeds.values()].flatMap((seeds) => [...seeds])).size).toBe(5 * 6)
    expect(new Set(trials.map(({ clientSeed }) => clientSeed)).size).toBe(trials.length)
  })

  it('leaves nothing to decide in a trial', async () => {
    const made = await plan({ pin: 'off' })
    const trial = made.trials.find(
      ({ label, load }) => label === 'polling(interval=2s)' && load.clients === 20 && load.ratePerSec === 3,
    )
    expect(trial).toMatchObject({
      transport: 'polling',
      module: 'feedbench:polling',
      options: { intervalUs: 2e6, mode: 'all' },
      load: { clients: 20, ratePerSec: 3, payloadBytes: 200 },
      feed: { arrival: 'poisson', ratePerSec: 3, payloadBytes: 200, burst: null, trace: null },
      windows: [{ startOffsetUs: 1e6, endOffsetUs: 11e6, side: null, tag: null }],
      requestHeaders: { name: 'browser' },
      placement: { drivers: [{ clients: 20 }] },
    })
    expect(made.cpuPlacement).toEqual({ mode: 'shared', reason: 'turned off' })
    expect(made.transports.map(({ label }) => label)).toEqual([
      'polling(interval=1s)',
      'polling(interval=2s)',
      'sse',
      'websocket',
    ])
    expect(made.loadPoints).toHaveLength(6)
    expect(made.scenario.sha256).toMatch(/^[0-9a-f]{64}$/)
  })
})

import { describe, expect, it } from 'vitest'
import { placeOnOneDriver, placesOf, problemsOf, read, scenarioText, testFleet } from '../testing/scenarios.js'
import { makePlan } from './plan.js'

const slowReaders = async (text: string, parts: Record<string, string> = {}) =>
  (await read({ ...parts, slowReaders: text })).slowReaders

describe('slowReaders', () => {
  it.each([
    ['with its defaults', '{}', { clients: 1, bytesPerSec: 20_480 }],
    ['to the nearest client', '{ share: 27%, rate: 1MB/s }', { clients: 3, bytesPerSec: 1e6 }],
    ['of one client at least', '{ share: 0.1%, rate: 500B/s }', { clients: 1, bytesPerSec: 500 }],
    ['in bits', '{ rate: 1Mbit/s }', { clients: 1, bytesPerSec: 125_000 }],
    ['of nobody', '{ share: 0% }', null],
  ])('is taken %s', async (_, text, expected) => expect(await slowReaders(text)).toEqual(expected))

  it('is nothing where the scenario does not have it', async () => expect((await read()).slowReaders).toBeNull())

  it.each([
    ['a share without its sign', '{ share: 0.1 }', 'E_UNIT 5:23'],
    ['a share in another unit', '{ share: 10B }', 'E_UNIT 5:23'],
    ['more than all', '{ share: 101% }', 'E_RANGE 5:23'],
    ['all', '{ share: 100% }', 'E_RANGE 5:23'],
    ['nearly all, which comes out as all', '{ share: 96% }', 'E_RANGE 5:23'],
    ['a rate of messages', '{ rate: 20/s }', 'E_UNIT 5:22'],
    ['a rate without its time', '{ rate: 20KiB }', 'E_UNIT 5:22'],
    ['a rate at which nobody gets connected', '{ rate: 10B/s }', 'E_RANGE 5:22'],
    ['a misspelt key', '{ shares: 10% }', 'E_UNKNOWN_KEY 5:16'],
    ['a number', '5', 'E_TYPE 5:14'],
  ])('refuses %s', async (_, text, expected) => {
    expect(await placesOf(scenarioText({ slowReaders: text }))).toEqual([expected])
  })

  it('says what to do where nobody else is left', async () => {
    const problems = await problemsOf(scenarioText({ clients: '1', slowReaders: '{ share: 10% }' }))
    expect(problems).toMatchObject([
      {
        message: 'expected clients that are not slow too, got 1 slow readers of 1 client',
        hint: 'lower slowReaders.share, or take more clients',
      },
    ])
  })

  it('is an axis of the matrix, by its share and by its rate, and needs no key of its own then', async () => {
    const { loadPoints } = await read({
      clients: '20',
      matrix: '{ slowReaders.share: [0%, 10%], slowReaders.rate: [1KiB/s, 2KiB/s] }',
    })
    expect(loadPoints.map(({ load }) => [load['slowReaders.share'], load['slowReaders.rate']])).toEqual([
      [0, 1_024],
      [0, 2_048],
      [0.1, 1_024],
      [0.1, 2_048],
    ])
    expect(loadPoints.map(({ scenario }) => scenario.slowReaders)).toEqual([
      null,
      null,
      { clients: 2, bytesPerSec: 1_024 },
      { clients: 2, bytesPerSec: 2_048 },
    ])
  })

  it('stands in each trial of a plan, with a seed that is the same for all transports of a round', async () => {
    const scenario = await read({ slowReaders: '{ share: 20% }', rounds: '2' })
    const { trials } = makePlan(scenario, testFleet, placeOnOneDriver, { seed: 5 })
    expect(trials.map((trial) => trial.slowReaders)).toHaveLength(4)
    for (const trial of trials) expect(trial.slowReaders).toMatchObject({ clients: 2, bytesPerSec: 20_480 })
    const seeds = (round: number) =>
      new Set(trials.filter((trial) => trial.round === round).map((trial) => trial.slowReaders?.seed))
    expect([seeds(1).size, seeds(2).size, new Set([...seeds(1), ...seeds(2)]).size]).toEqual([1, 1, 2])
  })
})

import { describe, expect, it } from 'vitest'
import { placesOf, problemsOf, read, scenarioText } from '../testing/scenarios.js'

const loads = async (parts: Record<string, string>) => (await read(parts)).loadPoints.map(({ load }) => load)

describe('a matrix', () => {
  it('is expanded in the order written, the last axis fastest', async () => {
    const points = await loads({ matrix: '{ clients: [1, 2], feed.rate: [5/s, 20/s] }' })
    expect(points.map(({ clients, ratePerSec }) => [clients, ratePerSec])).toEqual([
      [1, 5],
      [1, 20],
      [2, 5],
      [2, 20],
    ])
  })

  it('reaches load points in base units, by the name of the axis', async () => {
    const matrix =
      '{ transports.polling.interval: [250ms], coalesce: [on], headers: [browser], phases.measure: [3s], feed.payload: [1KiB], transports.polling.mode: [latest] }'
    expect(await loads({ matrix })).toEqual([
      {
        clients: 10,
        ratePerSec: 20,
        payloadBytes: 1024,
        'transports.polling.interval': 250_000,
        'transports.polling.mode': 'latest',
        coalesce: true,
        headers: 'browser',
        'phases.measure': 3e6,
      },
    ])
  })

  it('varies the scenario itself', async () => {
    const { loadPoints } = await read({ matrix: '{ transports.polling.interval: [250ms, 2s], coalesce: [off, on] }' })
    expect(loadPoints.map(({ scenario: { transports } }) => transports.map(({ options }) => Object.values(options)[0]))).toEqual([
      [250_000, false],
      [250_000, true],
      [2e6, false],
      [2e6, true],
    ])
  })

  it('varies inner keys of the feed', async () => {
    const { loadPoints } = await read({ feed: '{ rate: 1/s, arrival: burst }', matrix: '{ feed.burst.size: [2, 4] }' })
    expect(loadPoints.map(({ scenario }) => scenario.feed.burst?.size)).toEqual([2, 4])
    expect(loadPoints.map(({ load }) => load['feed.burst.size'])).toEqual([2, 4])
  })

  it.each([
    ['an axis that is misspelled', '{ client: [1] }', 'E_MATRIX 5:11', 'did you mean clients?'],
    ['an axis that cannot vary', '{ rounds: [1] }', 'E_MATRIX 5:11', 'known axes'],
    ['a key of the feed that is misspelled', '{ feed.rat: [1/s] }', 'E_MATRIX 5:11', 'did you mean feed.rate?'],
    ['a transport that is not compared', '{ transports.websocket.coalesce: [on] }', 'E_MATRIX 5:11', undefined],
    ['an option that does not exist', '{ transports.polling.intervall: [1s] }', 'E_MATRIX 5:11', 'transports.polling.interval'],
    ['no values', '{ clients: [] }', 'E_MATRIX 5:20', undefined],
    [
      'too many values',
      `{ clients: [${Array.from({ length: 101 }, (_, index) => index + 1).join(', ')}] }`,
      'E_MATRIX 5:20',
      undefined,
    ],
    ['no list', '{ clients: 5 }', 'E_MATRIX 5:20', undefined],
    ['no map', '[clients]', 'E_MATRIX 5:9', undefined],
    ['a value that is no scalar', '{ clients: [1, [2]] }', 'E_MATRIX 5:24', undefined],
    ['a value twice', '{ feed.rate: [1/s, 60/m] }', 'E_MATRIX 5:28', undefined],
    ['a value twice, as text and as boolean', '{ coalesce: [on, true] }', 'E_MATRIX 5:26', undefined],
    ['a value out of range', '{ clients: [1, 0] }', 'E_RANGE 5:24', undefined],
    ['a value without its unit', '{ feed.rate: [5/s, 5] }', 'E_UNIT 5:28', undefined],
    ['an option without its unit', '{ transports.polling.interval: [1s, 5] }', 'E_UNIT 5:45', undefined],
    [
      'too many load points',
      `{ clients: [${Array.from({ length: 40 }, (_, index) => index + 1)}], feed.payload: [${Array.from({ length: 40 }, (_, index) => `${index + 100}B`)}] }`,
      'E_TOO_MUCH 5:1',
      undefined,
    ],
  ])('refuses %s', async (_, matrix, place, hint) => {
    const text = scenarioText({ matrix })
    expect(await placesOf(text)).toEqual([place])
    if (hint !== undefined) expect((await problemsOf(text))[0]?.hint).toContain(hint)
  })

  it('places what only a combination does wrong at one of its values', async () => {
    const text = scenarioText({ connect: '{ rate: 100000/s }', matrix: '{ clients: [10, 1000000], feed.rate: [1/s, 1000/s] }' })
    const problems = await problemsOf(text)
    expect(problems.map(({ code, where }) => `${code} ${where}`)).toEqual(['E_TOO_MUCH s.yaml:6:25'])
    expect(problems[0]?.message).toContain('(at clients=1000000, feed.rate=1000/s)')
  })

  it('says what is wrong in the scenario once, and not again for each value', async () => {
    expect(await placesOf(scenarioText({ clients: '0', matrix: '{ feed.rate: [1/s, 2/s, 3/s] }' }))).toEqual(['E_RANGE 3:10'])
  })

  it('is bounded in trials', async () => {
    const matrix = `{ clients: [${Array.from({ length: 100 }, (_, index) => index + 1)}] }`
    const [problem] = await problemsOf(scenarioText({ matrix, rounds: '100', phases: '{ measure: 1s }' }))
    expect(problem).toMatchObject({ code: 'E_TOO_MUCH', where: 's.yaml:5:9' })
  })
})

import { describe, expect, it } from 'vitest'
import { placesOf, problemsOf, read, scenarioText } from '../testing/scenarios.js'

describe('overrides', () => {
  it('replace what the scenario says', async () => {
    const scenario = await read({ rounds: '2', seed: '1' }, { clients: '7', duration: '3s', rounds: '4', seed: 5 })
    expect(scenario).toMatchObject({ clients: 7, phases: { warmupUs: 1e6, measureUs: 3e6 }, rounds: 4, seed: 5 })
  })

  it('take a duration in seconds', async () => {
    expect((await read({}, { duration: '2.5' })).phases.measureUs).toBe(2.5e6)
    expect((await read({}, { duration: 2 })).phases.measureUs).toBe(2e6)
  })

  it('take away the axis that they fix', async () => {
    const { loadPoints } = await read({ matrix: '{ clients: [1, 2], feed.rate: [1/s, 2/s] }' }, { clients: 5 })
    expect(loadPoints.map(({ load }) => [load.clients, load.ratePerSec])).toEqual([
      [5, 1],
      [5, 2],
    ])
  })

  it.each([
    [{ clients: 'many' }, 'E_TYPE --clients'],
    [{ clients: '0' }, 'E_RANGE --clients'],
    [{ clients: '-5' }, 'E_TYPE --clients'],
    [{ clients: '200000' }, 'E_RANGE --clients'],
    [{ duration: '5x' }, 'E_UNIT --duration'],
    [{ duration: '1ms' }, 'E_RANGE --duration'],
    [{ rounds: '1.5' }, 'E_TYPE --rounds'],
    [{ seed: Number.NaN }, 'E_TYPE --seed'],
    [{ seed: '99999999999' }, 'E_RANGE --seed'],
    [{ transports: 'pollin' }, 'E_UNKNOWN_TRANSPORT --transports'],
    [{ transports: '' }, 'E_UNKNOWN_TRANSPORT --transports'],
    [{ transports: 'websocket' }, 'E_UNKNOWN_TRANSPORT --transports'],
  ])('place problems at the option: %j', async (overrides, place) => {
    expect(await placesOf(scenarioText(), overrides)).toEqual([place])
  })

  it('hint at the nearest label', async () => {
    expect((await problemsOf(scenarioText(), { transports: 'pollin' }))[0]?.hint).toBe('did you mean polling?')
  })
})

describe('--transports', () => {
  const parts = {
    transports: '[polling, { polling: { interval: 2s, mode: latest } }, sse, websocket]',
    thresholds: '["sse.latencyUs.p99 < 1s", "*.messages.missing == 0", "polling.latencyUs.p99 < 5s"]',
    matrix: '{ transports.sse.coalesce: [on, off], feed.rate: [1/s, 2/s] }',
  }

  it.each([
    ['websocket', ['websocket']],
    ['websocket,sse', ['sse', 'websocket']],
    ['polling', ['polling(interval=1s,mode=all)', 'polling(interval=2s,mode=latest)']],
    ['polling(interval=1s,mode=all), sse', ['polling(interval=1s,mode=all)', 'sse']],
  ])('%s', async (transports, labels) => {
    expect((await read(parts, { transports })).labels).toEqual(labels)
  })

  it('leaves the axes and thresholds that still mean something', async () => {
    const scenario = await read(parts, { transports: 'websocket' })
    expect(scenario.thresholds).toEqual(['*.messages.missing == 0'])
    expect(scenario.loadPoints.map(({ load }) => load)).toEqual([
      { clients: 10, ratePerSec: 1, payloadBytes: 200 },
      { clients: 10, ratePerSec: 2, payloadBytes: 200 },
    ])
  })
})

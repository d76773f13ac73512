import { describe, expect, it } from 'vitest'
import { placesOf, read, scenarioText } from '../testing/scenarios.js'

describe('labels', () => {
  it.each([
    ['[polling, sse]', ['polling', 'sse']],
    ['[{ polling: { interval: 5s } }, sse]', ['polling', 'sse']],
    ['[{ polling: { interval: 250ms } }, { polling: { interval: 1s } }]', ['polling(interval=250ms)', 'polling(interval=1s)']],
    ['[polling, { polling: { interval: 250ms } }]', ['polling(interval=1s)', 'polling(interval=250ms)']],
    ['[websocket, { websocket: { coalesce: on } }]', ['websocket(coalesce=off)', 'websocket(coalesce=on)']],
    ['[websocket, { websocket: { ping: 1s, pingTimeout: 2s } }]', ['websocket(ping=off)', 'websocket(ping=1s,pingTimeout=2s)']],
    ['[websocket, { websocket: { coalesce: true } }]', ['websocket(coalesce=off)', 'websocket(coalesce=on)']],
    [
      '[{ polling: { interval: 1s } }, { polling: { interval: 1s, mode: latest } }, { polling: { interval: 2s } }]',
      ['polling(interval=1s,mode=all)', 'polling(interval=1s,mode=latest)', 'polling(interval=2s,mode=all)'],
    ],
    [
      '[{ polling: { interval: 1s } }, { polling: { interval: 1000ms, mode: latest } }]',
      ['polling(mode=all)', 'polling(mode=latest)'],
    ],
    ['[{ polling: { interval: 1 s } }, { polling: { interval: 2 s } }]', ['polling(interval=1s)', 'polling(interval=2s)']],
  ])('of %s', async (transports, labels) => {
    expect((await read({ transports })).labels).toEqual(labels)
  })

  it('are the same at all load points', async () => {
    const transports = '[{ polling: { mode: all } }, { polling: { mode: latest } }]'
    const { labels, loadPoints } = await read({ transports, matrix: '{ transports.polling.interval: [1s, 2s] }' })
    expect(labels).toEqual(['polling(mode=all)', 'polling(mode=latest)'])
    expect(loadPoints).toHaveLength(2)
  })

  it('know what the scenario sets for all', async () => {
    const { labels } = await read({ transports: '[websocket, { websocket: { coalesce: off } }]', coalesce: 'on' })
    expect(labels).toEqual(['websocket(coalesce=on)', 'websocket(coalesce=off)'])
  })

  it('are refused where a matrix makes two entries the same', async () => {
    const transports = '[{ polling: { interval: 1s } }, { polling: { interval: 2s } }]'
    expect(await placesOf(scenarioText({ transports, matrix: '{ transports.polling.interval: [1s, 2s] }' }))).toEqual([
      'E_DUPLICATE_LABEL 4:45',
    ])
    const coalesce = scenarioText({ transports: '[sse, { sse: { coalesce: on } }]', matrix: '{ coalesce: [off, on] }' })
    expect(await placesOf(coalesce)).toEqual(['E_DUPLICATE_LABEL 4:19'])
  })

  it('can be selected by thresholds', async () => {
    const thresholds = '["polling(interval=1s).latencyUs.p99 < 2s", "polling.latencyUs.p99 < 3s", "*.messages.missing == 0"]'
    expect((await read({ transports: '[polling, { polling: { interval: 2s } }]', thresholds })).thresholds).toHaveLength(3)
  })
})

import { describe, expect, it } from 'vitest'
import { placesOf, problemsOf, read, scenarioText } from '../testing/scenarios.js'
import { loadScenario } from './read.js'

describe('a scenario that is right', () => {
  it('comes out in base units, with defaults filled in', async () => {
    const scenario = await read()
    expect(scenario).toMatchObject({
      name: 'test',
      description: null,
      feed: { arrival: 'poisson', ratePerSec: 20, payloadBytes: 200, burst: null, trace: null },
      clients: 10,
      phases: { warmupUs: 1e6, measureUs: 10e6, drainUs: 5e6 },
      connect: { ratePerSec: 2000, timeoutUs: 30e6 },
      rounds: 1,
      seed: null,
      thresholds: [],
      headers: { name: 'minimal', headers: [] },
      pin: true,
      published: null,
      labels: ['polling', 'sse'],
    })
    expect(scenario.transports).toEqual([
      { transport: 'polling', module: 'feedbench:polling', options: { intervalUs: 1e6, mode: 'all' } },
      { transport: 'sse', module: 'feedbench:sse', options: { coalesce: false, heartbeatUs: 15e6 } },
    ])
    expect(scenario.loadPoints).toHaveLength(1)
    expect(scenario.loadPoints[0]?.load).toEqual({ clients: 10, ratePerSec: 20, payloadBytes: 200 })
  })

  it.each([
    [
      'a list entry without options',
      { transports: '[{ polling: }]' },
      (s: Awaited<ReturnType<typeof read>>) => s.labels,
      ['polling'],
    ],
    ['a slow rate', { feed: '{ rate: 90/min }' }, (s) => s.feed.ratePerSec, 1.5],
    ['a size in KiB', { feed: '{ rate: 1/s, payload: 1KiB }' }, (s) => s.feed.payloadBytes, 1024],
    [
      'a burst with its defaults',
      { feed: '{ rate: 1/s, arrival: burst }' },
      (s) => s.feed.burst,
      { size: 10, gapUs: 0, spread: 1 },
    ],
    [
      'coalesce for all that know it',
      { coalesce: 'on' },
      (s) => s.transports.map(({ options }) => options.coalesce),
      [undefined, true],
    ],
    [
      'coalesce, but for who sets it',
      { coalesce: 'on', transports: '[websocket, sse: { coalesce: off }]' },
      (s) => s.transports.map(({ options }) => options.coalesce),
      [true, false],
    ],
    ['YAML 1.1 with its own booleans', { pin: 'false' }, (s) => s.pin, false],
    ['the largest seed', { seed: '4294967295' }, (s) => s.seed, 4294967295],
    ['JSON', { feed: '{"rate": "5/s"}' }, (s) => s.feed.ratePerSec, 5],
  ] as [string, Record<string, string>, (s: Awaited<ReturnType<typeof read>>) => unknown, unknown][])(
    'takes %s',
    async (_, parts, pick, expected) => {
      expect(pick(await read(parts))).toEqual(expected)
    },
  )

  it('follows aliases', async () => {
    const scenario = await read({ phases: '{ warmup: &t 2s, measure: *t }' })
    expect(scenario.phases).toMatchObject({ warmupUs: 2e6, measureUs: 2e6 })
  })
})

describe('a scenario that is wrong', () => {
  it.each([
    ['a key that is misspelled', { clents: '5' }, 'E_UNKNOWN_KEY 5:1', 'did you mean clients?'],
    ['a key that is like none', { zzzzzzzzz: '5' }, 'E_UNKNOWN_KEY 5:1', 'known keys: name, description, feed'],
    ['a key of an inner map', { phases: '{ warmupp: 1s }' }, 'E_UNKNOWN_KEY 5:11', 'did you mean warmup?'],
    ['a key named like a method', { constructor: '5' }, 'E_UNKNOWN_KEY 5:1', 'connect'],
    ['a key that reaches the prototype', { 'x: 1\n__proto__': '{ name: x }' }, 'E_UNKNOWN_KEY 6:1', undefined],
    ['no clients', { clients: null }, 'E_MISSING_KEY 1:1', 'clients: Simulated subscribers'],
    ['no rate', { feed: '{ payload: 200B }' }, 'E_MISSING_KEY 2:1', 'rate: mean messages'],
    ['clients as a text', { clients: 'many' }, 'E_TYPE 3:10', undefined],
    ['half a client', { clients: '1.5' }, 'E_TYPE 3:10', undefined],
    ['no client', { clients: '0' }, 'E_RANGE 3:10', undefined],
    ['too many clients', { clients: '1000000000000' }, 'E_RANGE 3:10', undefined],
    ['NaN', { clients: '.nan' }, 'E_RANGE 3:10', undefined],
    ['infinity', { clients: '.inf' }, 'E_RANGE 3:10', undefined],
    ['an empty value', { clients: '' }, 'E_TYPE 3:1', undefined],
    ['a rate without a unit', { feed: '{ rate: 20 }' }, 'E_UNIT 2:15', undefined],
    ['a rate with a size as unit', { feed: '{ rate: 20B }' }, 'E_UNIT 2:15', undefined],
    ['a rate that is too high', { feed: '{ rate: 100001/s }' }, 'E_RANGE 2:15', undefined],
    ['a message too short for its head', { feed: '{ rate: 1/s, payload: 95B }' }, 'E_RANGE 2:29', undefined],
    ['10 TB', { feed: '{ rate: 1/s, payload: 10TB }' }, 'E_RANGE 2:29', undefined],
    ['an arrival that is misspelled', { feed: '{ rate: 1/s, arrival: poison }' }, 'E_VALUE 2:29', 'did you mean poisson?'],
    ['a burst without bursts', { feed: '{ rate: 1/s, burst: { size: 2 } }' }, 'E_VALUE 2:20', 'arrival: burst'],
    ['speed without a trace', { feed: '{ rate: 1/s, speed: 2 }' }, 'E_VALUE 2:20', 'name a trace'],
    ['bursts without pauses', { feed: '{ rate: 100/s, arrival: burst, burst: { gap: 1s } }' }, 'E_RANGE 2:52', 'a shorter gap'],
    [
      'regular bursts of 2.5',
      { feed: '{ rate: 1/s, arrival: burst, burst: { size: 2.5, spread: 0 } }' },
      'E_RANGE 2:51',
      undefined,
    ],
    ['a phase without a unit', { phases: '{ measure: 5 }' }, 'E_UNIT 5:20', undefined],
    ['a window that is too short', { phases: '{ measure: 99ms }' }, 'E_RANGE 5:20', undefined],
    ['a phase over a day', { phases: '{ drain: 25h }' }, 'E_RANGE 5:18', undefined],
    ['phases that are a text', { phases: 'long' }, 'E_TYPE 5:9', undefined],
    ['no transports', { transports: '[]' }, 'E_RANGE 4:13', undefined],
    ['transports as a text', { transports: 'polling' }, 'E_TYPE 4:13', undefined],
    ['a transport that is misspelled', { transports: '[pollin]' }, 'E_UNKNOWN_TRANSPORT 4:14', 'did you mean polling?'],
    [
      'a transport that nobody knows',
      { transports: '[carrier-pigeon]' },
      'E_UNKNOWN_TRANSPORT 4:14',
      'known transports: polling, long-polling',
    ],
    [
      'an option that is misspelled',
      { transports: '[{ polling: { intervall: 1s } }]' },
      'E_UNKNOWN_KEY 4:27',
      'did you mean interval?',
    ],
    ['an option without a unit', { transports: '[{ polling: { interval: 5 } }]' }, 'E_UNIT 4:37', undefined],
    ['an option out of range', { transports: '[{ polling: { interval: 0s } }]' }, 'E_RANGE 4:37', undefined],
    ['an option that is neither on nor off', { transports: '[{ sse: { coalesce: maybe } }]' }, 'E_VALUE 4:33', undefined],
    ['options that are a text', { transports: '[{ sse: fast }]' }, 'E_TYPE 4:21', undefined],
    ['a number as transport', { transports: '[5]' }, 'E_TYPE 4:14', undefined],
    ['options that are not indented', { transports: '\n  - polling:\n    interval: 1s' }, 'E_TYPE 5:5', 'indent the options'],
    ['the same transport twice', { transports: '[sse, sse]' }, 'E_DUPLICATE_LABEL 4:19', 'remove one'],
    [
      'the same options, written in another way',
      { transports: '[polling, polling: { interval: 1000ms }]' },
      'E_DUPLICATE_LABEL 4:23',
      'remove one',
    ],
    ['a negative seed', { seed: '-1' }, 'E_RANGE 5:7', undefined],
    ['a seed of 33 bits', { seed: '4294967296' }, 'E_RANGE 5:7', undefined],
    ['no round', { rounds: '0' }, 'E_RANGE 5:9', undefined],
    ['a threshold that cannot be read', { thresholds: '["fast"]' }, 'E_THRESHOLD 5:14', undefined],
    [
      'a threshold on a label that is misspelled',
      { thresholds: '["pollin.latencyUs.p99 < 5ms"]' },
      'E_THRESHOLD 5:14',
      'did you mean polling?',
    ],
    ['thresholds that are a text', { thresholds: '"*.messages.missing == 0"' }, 'E_TYPE 5:13', undefined],
    ['a name with a line break', { name: '"a\\nb"' }, 'E_VALUE 1:7', undefined],
    ['a name that leaves its folder', { name: '../x' }, 'E_VALUE 1:7', undefined],
    ['coalesce as a number', { coalesce: '2' }, 'E_VALUE 5:11', undefined],
    [
      'more deliveries a trial than anyone means',
      { clients: '1000000', feed: '{ rate: 100/s }', connect: '{ rate: 100000/s }', phases: '{ measure: 1h }' },
      'E_TOO_MUCH 3:10',
      undefined,
    ],
    ['more trials than anyone means', { rounds: '1000', phases: '{ measure: 24h }' }, 'E_TOO_MUCH 5:9', undefined],
    ['too little time to connect', { clients: '100000' }, 'E_RANGE 1:1', 'connect.timeout'],
  ] as [string, Record<string, string | null>, string, string | undefined][])('is refused: %s', async (_, parts, place, hint) => {
    const text = scenarioText(parts)
    expect(await placesOf(text)).toContain(place)
    if (hint !== undefined) {
      const hints = (await problemsOf(text)).map((problem) => problem.hint ?? '')
      expect(hints.join('\n')).toContain(hint)
    }
  })

  it('gets exactly one problem for one fault', async () => {
    const faults = [
      { clients: '.nan' },
      { clents: '5' },
      { feed: '{ rate: 20 }' },
      { coalesce: '2' },
      { transports: '[pollin, sse]' },
    ]
    for (const fault of faults) expect(await problemsOf(scenarioText(fault))).toHaveLength(1)
  })

  it('gets all problems at once, in the order of the file', async () => {
    const text = scenarioText({
      feed: '{ rate: 5 }',
      clients: '0',
      transports: '[pollin, { sse: { x: 1 } }]',
      thresholds: '[nonsense]',
      zzz: '1',
    })
    expect(await placesOf(text)).toEqual([
      'E_UNIT 2:15',
      'E_RANGE 3:10',
      'E_UNKNOWN_TRANSPORT 4:14',
      'E_UNKNOWN_KEY 4:31',
      'E_THRESHOLD 5:14',
      'E_UNKNOWN_KEY 6:1',
    ])
  })

  it('says what was expected and what came', async () => {
    const [problem] = await problemsOf(scenarioText({ phases: '{ measure: 5 }' }))
    expect(problem).toEqual({ code: 'E_UNIT', where: 's.yaml:5:20', message: 'expected a duration such as 250ms or 1.5s, got 5' })
  })
})

describe('loadScenario', () => {
  it.each([
    ['/no/such/file.yaml', 'E_FILE_NOT_FOUND'],
    ['/', 'E_FILE_NOT_FOUND'],
    ['a\0b', 'E_FILE_NOT_FOUND'],
    ['/dev/zero', 'E_FILE_TOO_LARGE'],
  ])('refuses %j', async (path, code) => {
    await expect(loadScenario(path)).rejects.toMatchObject({ problems: [{ code, where: path }] })
  })
})

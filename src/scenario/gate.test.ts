import { describe, expect, test } from 'vitest'
import { DEFAULT_GATE_RULES } from '../analysis/gate/rules.js'
import { placesOf, problemsOf, read, scenarioText } from '../testing/scenarios.js'
import { readScenario } from './read.js'

const FAST = { feed: '{ rate: 60/s }', transports: '[sse, polling: { interval: 50ms }]' }

describe('the key gate', () => {
  test('has defaults for all that is not said', async () => {
    const { gate } = await read({ ...FAST, gate: '{ perSide: 3s, margins: { latencyUs.p50: 7%, bytes.perMessage: null } }' })
    expect(gate).toEqual({
      sliceUs: 250e3,
      perSideUs: 3e6,
      rules: {
        ...DEFAULT_GATE_RULES,
        margins: { ...DEFAULT_GATE_RULES.margins, 'latencyUs.p50': 0.07, 'bytes.perMessage': null },
      },
    })
    expect((await read()).gate.rules).toEqual(DEFAULT_GATE_RULES)
  })

  test.each([
    ['a metric that there is not', '{ margins: { latencyUs.p95: 5% } }', 'E_UNKNOWN_KEY 5:20'],
    ['a margin without a unit', '{ margins: { latencyUs.p50: 5 } }', 'E_UNIT 5:35'],
    [
      'nothing to decide by',
      `{ margins: { latencyUs.p50: null, latencyUs.p90: null, latencyUs.windowedP99: null, bytes.perMessage: null } }`,
      'E_GATE 5:18',
    ],
    ['looks that fall', '{ looks: [12, 6], alphas: [0.005, 0.005] }', 'E_RANGE 5:21'],
    ['a look that could never find anything', '{ looks: [6, 7], alphas: [0.005, 0.005] }', 'E_GATE 5:20'],
    ['fewer alphas than looks', '{ alphas: [0.01] }', 'E_RANGE 5:17'],
  ])('with %s is refused where that stands', async (_what, gate, expected) => {
    const parts = { ...FAST, transports: '[sse]', gate }
    expect(await placesOf(scenarioText(parts))).toContain(expected)
  })

  test.each([
    ['slices with too few messages', '{ slice: 100ms }', 'E_GATE 5:16'],
    ['too few slices', '{ perSide: 1s }', 'E_GATE 5:18'],
  ])('with %s is refused for a gate in slices, and goes for runs', async (_what, gate, expected) => {
    const text = scenarioText({ ...FAST, transports: '[sse]', gate })
    expect(await placesOf(text, {}, { forGate: 'slices' })).toContain(expected)
    await expect(readScenario(text, { file: 's.yaml', forGate: 'runs' })).resolves.toMatchObject({ name: 'test' })
    await expect(readScenario(text, { file: 's.yaml' })).resolves.toMatchObject({ name: 'test' })
  })

  test.each([
    [
      '{ rate: 44/s }',
      /at most 15 % .* but 4\d/,
      /set feed\.rate to 58\/s or more, or gate\.slice to 330ms, or feed\.arrival to periodic/,
    ],
    [
      '{ rate: 60/s, arrival: burst, burst: { size: 12 } }',
      /beside the first and what is due with it, but \d/,
      /smaller bursts with a gap/,
    ],
  ])('refuses %s, of whose slices many would not count by chance', async (feed, message, hint) => {
    const problems = await problemsOf(scenarioText({ feed, transports: '[sse]' }), {}, { forGate: 'slices' })
    expect(problems).toMatchObject([
      { code: 'E_GATE', message: expect.stringMatching(message), hint: expect.stringMatching(hint) },
    ])
  })

  test.each(['{ rate: 44/s, arrival: periodic }', '{ rate: 60/s }', '{ rate: 2000/s, arrival: burst, burst: { size: 12 } }'])(
    'takes %s',
    async (feed) => {
      const read = readScenario(scenarioText({ feed, transports: '[sse]' }), { file: 's.yaml', forGate: 'slices' })
      await expect(read).resolves.toMatchObject({ name: 'test' })
    },
  )

  test('in runs wants something to decide by beside the latency of polls', async () => {
    const gate = '{ margins: { bytes.perMessage: null } }'
    const text = scenarioText({ transports: '[polling: { interval: 1s }]', gate })
    await expect(readScenario(text, { file: 's.yaml', forGate: 'runs' })).rejects.toMatchObject({
      problems: [{ code: 'E_GATE', where: 's.yaml:4:1', message: expect.stringContaining('latency of polls') }],
    })
  })

  test('has the margin of bytes that is given for identical ones too, unless it says another', async () => {
    const margins = async (gate: string) => {
      const { rules } = (await read({ ...FAST, gate })).gate
      return [rules.margins['bytes.perMessage'], rules.identicalBytesMargin]
    }
    expect(await margins('{ margins: { bytes.perMessage: 5% } }')).toEqual([0.05, 0.05])
    expect(await margins('{ margins: { bytes.perMessage: 1% } }')).toEqual([0.01, 0.005])
    expect(await margins('{ margins: { bytes.perMessage: 5% }, identicalBytesMargin: 2% }')).toEqual([0.05, 0.02])
  })

  test('wants polls that are more frequent than slices are long, at their interval', async () => {
    const [problem, ...others] = await problemsOf(
      scenarioText({ ...FAST, transports: '[sse, polling: { interval: 100ms }]', gate: '{}' }),
      {},
      { forGate: 'slices' },
    )
    expect(others).toEqual([])
    expect(problem).toMatchObject({
      code: 'E_GATE',
      where: 's.yaml:4:40',
      message: 'expected slices of 4 intervals or more, but 250 ms have 2.5 of 100 ms',
      hint: 'poll every 62ms or more often, or raise gate.slice',
    })
  })

  test.each(['slices', 'runs'] as const)('in %s goes not together with posts that may overtake each other', async (forGate) => {
    const target = (connections: number) =>
      `${scenarioText(FAST)}target: { command: [node, s.js], publish: { path: /p, connections: ${connections} } }\n`
    await expect(readScenario(target(2), { file: 's.yaml', forGate })).rejects.toMatchObject({
      problems: [{ code: 'E_GATE', hint: expect.stringContaining('connections') }],
    })
    await expect(readScenario(target(1), { file: 's.yaml', forGate })).resolves.toMatchObject({ labels: ['sse', 'polling'] })
  })

  test.each([
    ['matrix: { clients: [1, 2] }', 'matrix'],
    ['slowReaders: {}', 'slowReaders'],
    ['network: { rtt: 10ms }', 'network'],
  ])('goes not together with %s', async (line, key) => {
    const problems = await problemsOf(`${scenarioText({ ...FAST, gate: '{}' })}${line}\n`, {}, { forGate: 'slices' })
    expect(problems.map(({ code, where }) => [code, where])).toEqual([['E_GATE', 's.yaml:6:1']])
    expect(problems[0]?.hint).toContain(key)
  })
})

test('a scenario that says nothing of a gate is looked at when a gate is asked for, and not else', async () => {
  await expect(read()).resolves.toMatchObject({ name: 'test' })
  await expect(readScenario(scenarioText(), { file: 's.yaml', forGate: 'slices' })).rejects.toMatchObject({
    problems: [
      { code: 'E_GATE', where: 's.yaml:1:1', hint: 'set feed.rate to 58/s or more, or gate.slice to 725ms' },
      { code: 'E_GATE', message: 'expected slices of 4 intervals or more, but 250 ms have 0.25 of 1000 ms' },
    ],
  })
})

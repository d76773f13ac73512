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
    ['slices with too few messages', '{ slice: 100ms }', 'E_GATE 5:16'],
    ['too few slices', '{ perSide: 1s }', 'E_GATE 5:18'],
  ])('with %s is refused where that stands', async (_what, gate, expected) => {
    const parts = { ...FAST, transports: '[sse]', gate }
    expect(await placesOf(scenarioText(parts))).toContain(expected)
  })

  test('wants polls that are more frequent than slices are long, at their interval', async () => {
    const [problem, ...others] = await problemsOf(
      scenarioText({ ...FAST, transports: '[sse, polling: { interval: 100ms }]', gate: '{}' }),
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
    const problems = await problemsOf(`${scenarioText({ ...FAST, gate: '{}' })}${line}\n`)
    expect(problems.map(({ code, where }) => [code, where])).toEqual([['E_GATE', 's.yaml:6:1']])
    expect(problems[0]?.hint).toContain(key)
  })
})

test('a scenario that says nothing of a gate is looked at when a gate is asked for, and not else', async () => {
  await expect(read()).resolves.toMatchObject({ name: 'test' })
  await expect(readScenario(scenarioText(), { file: 's.yaml', forGate: 'slices' })).rejects.toMatchObject({
    problems: [
      { code: 'E_GATE', where: 's.yaml:1:1', hint: 'set feed.rate to 44/s or more, or gate.slice to 550ms' },
      { code: 'E_GATE', message: 'expected slices of 4 intervals or more, but 250 ms have 0.25 of 1000 ms' },
    ],
  })
})

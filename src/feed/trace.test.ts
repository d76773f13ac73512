import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FeedbenchError } from '../model/errors.js'
import { makePlan, traceContents } from '../scenario/load.js'
import { readScenario } from '../scenario/read.js'
import { placeOnOneDriver, scenarioText, testFleet } from '../testing/scenarios.js'
import { parseTrace, readTrace } from './trace.js'

const line = (at: number, topic?: string) => `${JSON.stringify({ at_ms: at, topic, data: { price: at } })}\n`

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

function problemsOf(text: string) {
  try {
    parseTrace(text, 't.ndjson')
    return []
  } catch (error) {
    if (error instanceof FeedbenchError) return error.problems
    throw error
  }
}

describe('a trace', () => {
  it('is read with its times, topics and data', () => {
    const { spec, content, durationUs } = parseTrace(`${line(0, 'a')}${line(1.5, 'b')}\r\n${line(20, 'a')}`, 't.ndjson')
    expect(spec).toMatchObject({ messages: 3, topics: ['a', 'b'] })
    expect(spec.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(content).toEqual({
      offsetsUs: [0, 1500, 20_000],
      topics: [0, 1, 0],
      data: ['{"price":0}', '{"price":1.5}', '{"price":20}'],
    })
    expect(durationUs).toBe(20_000)
  })

  it('may do without topics', () => {
    expect(parseTrace(line(0) + line(5), 't.ndjson').spec.topics).toEqual([''])
  })

  it.each([
    ['nothing', '', 1, 'over at least 1 ms'],
    ['one moment', line(0) + line(0), 1, 'over at least 1 ms'],
    ['a line that is not JSON', `${line(0)}{"at_ms": 1,\n${line(5)}`, 2, 'not JSON'],
    ['a list', '[1]\n', 1, 'another kind'],
    ['no at_ms', '{"data": 1}\n', 1, 'at_ms as a number'],
    ['at_ms as a text', '{"at_ms": "1", "data": 1}\n', 1, 'at_ms as a number'],
    ['a negative time', '{"at_ms": -1, "data": 1}\n', 1, 'at_ms as a number'],
    ['an infinite time', '{"at_ms": 1e999, "data": 1}\n', 1, 'milliseconds from the start'],
    ['a time since 1970', '{"at_ms": 1561939203172, "data": 1}\n', 1, 'milliseconds from the start'],
    ['times that go back', line(5) + line(4), 2, '5 or later'],
    ['no data', '{"at_ms": 1}\n', 1, 'the key data'],
    ['another key', '{"at_ms": 1, "data": 1, "seq": 1}\n', 1, '"seq"'],
    ['a topic that is a number', '{"at_ms": 1, "topic": 1, "data": 1}\n', 1, 'topic'],
    ['a topic with a quote', '{"at_ms": 1, "topic": "a\\"", "data": 1}\n', 1, 'topic'],
    ['data beyond 1 MiB', `{"at_ms": 1, "data": "${'x'.repeat(2 ** 20)}"}\n`, 1, '1 MiB'],
    ['data of endless nesting', `{"at_ms": 1, "data": ${nested(200_000)}}\n`, 1, '500 levels'],
    ['data nested a level too deeply', `{"at_ms": 1, "data": ${nested(501)}}\n`, 1, '500 levels'],
  ])('is refused: %s', (_, text, at, message) => {
    const [problem] = problemsOf(text)
    expect(problem).toMatchObject({ code: 'E_TRACE', where: `t.ndjson:${at}` })
    expect(problem?.message).toContain(message)
  })

  it('may nest its data so deep', () => {
    expect(problemsOf(`{"at_ms": 1, "data": ${nested(500)}}\n`)).toEqual([])
  })

  it('gets its first 20 problems at once', () => {
    expect(problemsOf('x\n'.repeat(100))).toHaveLength(20)
  })

  it.each([
    ['/no/such/trace', 'E_FILE_NOT_FOUND'],
    ['/tmp', 'E_FILE_NOT_FOUND'],
    ['/dev/zero', 'E_FILE_TOO_LARGE'],
  ])('is refused: %s', async (path, code) => {
    await expect(readTrace(path)).rejects.toMatchObject({ problems: [{ code, where: path }] })
  })
})

describe('a scenario with a trace', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'feedbench-trace-'))
    await writeFile(join(folder, 'minute.ndjson'), Array.from({ length: 121 }, (_, index) => line(index * 500)).join(''))
    await writeFile(join(folder, 'bad.ndjson'), `${line(0)}oops\n`)
    await writeFile(join(folder, 'bytes.ndjson'), Buffer.from([0xff, 0xfe, 0x00]))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const readWith = (feed: string, parts: Record<string, string> = {}) =>
    readScenario(scenarioText({ feed, phases: '{ warmup: 1s, measure: 10s }', ...parts }), { file: join(folder, 's.yaml') })

  it('has the rate that the trace and its speed make', async () => {
    const scenario = await readWith('{ trace: minute.ndjson, speed: 2 }')
    const file = join(folder, 'minute.ndjson')
    expect(scenario.feed).toEqual({
      arrival: 'trace',
      ratePerSec: (121 / 60) * 2,
      payloadBytes: null,
      burst: null,
      trace: { file, speed: 2, loop: false },
    })
    expect(scenario.loadPoints[0]?.load.payloadBytes).toBeNull()
  })

  it('is planned with what was read, whose content is kept beside the plan', async () => {
    const scenario = await readWith('{ trace: minute.ndjson, loop: true }', { matrix: '{ feed.speed: [1, 60] }' })
    const plan = makePlan(scenario, testFleet, placeOnOneDriver, { seed: 1 })
    const trial = plan.trials.find(({ load }) => load['feed.speed'] === 60)
    expect(trial?.feed.trace).toMatchObject({ file: 'minute.ndjson', speed: 60, loop: true, messages: 121, topics: [''] })
    expect(traceContents(scenario).get(trial?.feed.trace?.sha256 ?? '')?.offsetsUs).toHaveLength(121)
  })

  it.each([
    ['too short for its phases', '{ trace: minute.ndjson, speed: 60 }', 'E_TRACE', /s\.yaml:2:16$/, 'loop: true'],
    ['missing', '{ trace: none.ndjson }', 'E_FILE_NOT_FOUND', /s\.yaml:2:16$/, undefined],
    ['a folder', '{ trace: "." }', 'E_FILE_NOT_FOUND', /s\.yaml:2:16$/, undefined],
    ['not UTF-8', '{ trace: bytes.ndjson }', 'E_VALUE', /s\.yaml:2:16$/, undefined],
    ['wrong in a line', '{ trace: bad.ndjson }', 'E_TRACE', /bad\.ndjson:2$/, undefined],
    ['beside a rate', '{ trace: minute.ndjson, rate: 5/s }', 'E_VALUE', /s\.yaml:2:31$/, 'or the trace'],
    ['at a speed of nothing', '{ trace: minute.ndjson, speed: 0 }', 'E_RANGE', /s\.yaml:2:38$/, undefined],
  ])('is refused: %s', async (_, feed, code, where, hint) => {
    const error: unknown = await readWith(feed).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(FeedbenchError)
    const { problems } = error as FeedbenchError
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ code, where: expect.stringMatching(where) as string })
    if (hint !== undefined) expect(problems[0]?.hint).toContain(hint)
  })
})

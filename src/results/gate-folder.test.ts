import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_GATE_RULES } from '../analysis/gate/rules.js'
import { decide } from '../analysis/gate/verdict.js'
import type { GateResult, GateRound } from '../model/gate.js'
import { buildGateRound, roundLedger, roundValue } from '../testing/gate-rounds.js'
import { createGateFolder, openGateFolder } from './gate-folder.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedbench-test-'))
})
afterEach(() => rm(folder, { recursive: true }))

const roundOf = (round: number) =>
  buildGateRound(round, {
    values: [roundValue('sse', 'latencyUs.p50', round / 1e3)],
    ledgers: [roundLedger('sse', 'baseline'), roundLedger('sse', 'candidate')],
  })

function gateOf(rounds: GateRound[]): GateResult {
  const side = { what: '.', build: null, revision: null }
  return {
    schemaVersion: 1,
    feedbench: { version: '0.1.0' },
    form: 'ab',
    layout: 'slices',
    scenario: { name: 'gate', sha256: 'a' },
    seed: 7,
    sides: { baseline: side, candidate: side },
    rules: DEFAULT_GATE_RULES,
    measurement: {
      scenario: 'gate',
      overrides: { transports: null, clients: null },
      labels: ['sse'],
      slices: { sliceUs: 250e3, perSideUs: 5e6 },
      limits: {},
    },
    environment: { os: 'linux' },
    rounds,
    verdict: decide(rounds, DEFAULT_GATE_RULES),
  }
}

describe('the folder of a gate', () => {
  test('gives back what was written, and the same bytes when that is written again', async () => {
    const kept = await createGateFolder(join(folder, 'new', 'gate'), 'gate', 0, folder)
    const gate = gateOf([roundOf(1), roundOf(2)])
    for (const round of gate.rounds) await kept.appendRound(round)
    await kept.write(gate)
    const opened = await openGateFolder(kept.path)
    expect(opened.result).toEqual(gate)
    const before = await readFile(join(kept.path, 'gate.json'), 'utf8')
    await opened.folder.write({ ...opened.result, verdict: decide(opened.result.rounds, opened.result.rules) })
    expect(await readFile(join(kept.path, 'gate.json'), 'utf8')).toBe(before)
  })

  test('has the rounds of a gate that was killed, but for the line that was being written', async () => {
    const kept = await createGateFolder(folder, 'gate', 0, folder)
    await kept.write(gateOf([]))
    await kept.appendRound(roundOf(1))
    await appendFile(join(folder, 'rounds.ndjson'), '{"round":2,"se')
    const opened = await openGateFolder(join(folder, 'gate.json'))
    expect(opened.result.rounds).toEqual([roundOf(1)])
    await opened.folder.appendRound(roundOf(2))
    expect((await openGateFolder(folder)).result.rounds).toEqual([roundOf(1), roundOf(2)])
  })

  test('in which two gates went on at once is refused, since none of them has those rounds', async () => {
    const kept = await createGateFolder(folder, 'gate', 0, folder)
    await kept.write(gateOf([]))
    for (const round of [1, 2, 2]) await kept.appendRound(roundOf(round))
    await expect(openGateFolder(folder)).rejects.toMatchObject({
      problems: [{ code: 'E_GATE_RESUME', message: expect.stringContaining('two gates went on') }],
    })
  })

  test('keeps its rounds whatever it is called', async () => {
    const kept = await createGateFolder(join(folder, 'my-gate.json'), 'gate', 0, folder)
    await kept.write(gateOf([]))
    await kept.appendRound(roundOf(1))
    const opened = await openGateFolder(kept.path)
    expect([opened.folder.path, opened.result.rounds]).toEqual([kept.path, [roundOf(1)]])
  })

  test('that claims more rounds than a gate can have is refused', async () => {
    const kept = await createGateFolder(folder, 'gate', 0, folder)
    await kept.write({ ...gateOf([]), rounds: Array.from({ length: 201 }, (_, index) => buildGateRound(index + 1)) })
    await expect(openGateFolder(folder)).rejects.toThrow('E_RESULT_SCHEMA')
  })

  test('with a round of another gate is refused, whether it was written down or in its journal', async () => {
    const kept = await createGateFolder(folder, 'gate', 0, folder)
    const other = buildGateRound(1, { values: [roundValue('polling', 'latencyUs.p50', 0)] })
    await kept.write(gateOf([other]))
    await expect(openGateFolder(folder)).rejects.toThrow('gate.json at round 1: expected the gate\'s labels (sse), got "polling"')
    await kept.write(gateOf([]))
    await kept.appendRound(other)
    await expect(openGateFolder(folder)).rejects.toThrow('gate.json at round 1: expected the gate\'s labels (sse), got "polling"')
  })

  test('says where a line is broken', async () => {
    const kept = await createGateFolder(folder, 'gate', 0, folder)
    await kept.write(gateOf([]))
    await writeFile(join(folder, 'rounds.ndjson'), `${JSON.stringify(roundOf(1))}\n{"round":"two"}\n`)
    await expect(openGateFolder(folder)).rejects.toThrow(
      'rounds.ndjson:2 at round: expected number, got string [E_RESULT_SCHEMA]',
    )
  })

  test('is not made where there is a gate or a run', async () => {
    const kept = await createGateFolder(folder, 'gate', 0, folder)
    await kept.write(gateOf([]))
    await expect(createGateFolder(folder, 'gate', 0, folder)).rejects.toMatchObject({ problems: [{ code: 'E_RUN_EXISTS' }] })
  })

  test('is called after time and scenario where nobody names it', async () => {
    const { path } = await createGateFolder(null, 'My gate', 0, folder)
    expect(path).toBe(join(folder, '1970-01-01T00-00-00Z-my-gate'))
  })

  test('that is none is said to be none', async () => {
    await expect(openGateFolder(folder)).rejects.toMatchObject({ problems: [{ code: 'E_NOT_A_RUN', where: folder }] })
  })
})

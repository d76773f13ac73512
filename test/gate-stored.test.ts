import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { StoredBaseline } from '../src/model/baseline.js'
import { COMPARED_METRICS, type GateResult } from '../src/model/gate.js'
import { describeEnvironment } from '../src/results/environment.js'
import { environmentKey, keyText } from '../src/results/environment-key.js'
import { feedbench, temporaryFolder, writeScenario } from './command.js'

/** A gate against runs that were stored. Whether the trials are valid is the machine's to say. */

const folder = await temporaryFolder()
const RUNS = 6
const scenario = writeScenario(folder, 'stored', {
  clients: 3,
  phases: { warmup: '0s', measure: '200ms', drain: '5s' },
  gate: {
    looks: [RUNS],
    alphas: [0.02],
    margins: { 'bytes.perMessage': null, 'latencyUs.p90': null, 'latencyUs.windowedP99': null },
  },
})
const here = environmentKey(await describeEnvironment({ mode: 'shared', reason: null }))

/** As the scenario has it, whose feed and clients say no more than that. */
const MEASURED = {
  clients: 3,
  ratePerSec: 40,
  payloadBytes: 200,
  warmupUs: 0,
  measureUs: 200e3,
  drainUs: 5e6,
  traceSha256: null,
}

/** In which everything took ten seconds: whatever is measured is better. */
function store(name: string, parts: Partial<StoredBaseline> = {}): void {
  const ledger = { label: 'websocket', expected: 24, delivered: 24, missing: 0, superseded: 0, duplicates: 0, reordered: 0 }
  const run = (index: number) => ({
    values: COMPARED_METRICS.map((metric) => ({ label: 'websocket', metric, value: 10e6 + index })),
    ledgers: [ledger],
  })
  const baseline: StoredBaseline = {
    schemaVersion: 1,
    name,
    feedbench: { version: '0.1.0' },
    revision: null,
    scenario: { name: 'stored', sha256: createHash('sha256').update(readFileSync(scenario)).digest('hex') },
    environment: here,
    measured: MEASURED,
    startedAt: null,
    runs: Array.from({ length: RUNS }, (_, index) => run(index)),
    ...parts,
  }
  const key = join(folder, 'results', 'baselines', keyText(baseline.environment))
  mkdirSync(key, { recursive: true })
  writeFileSync(join(key, `${name}.json`), JSON.stringify(baseline))
}

const against = (name: string) =>
  feedbench(['gate', scenario, '--against', name, '--out', join(folder, `${name}.out`), '--json'], { cwd: folder })

test('runs of this feedbench stand beside those that were stored', async () => {
  store('slow')
  const { code, stdout } = await against('slow')
  const { verdict, rounds, form, layout, sides } = JSON.parse(stdout) as GateResult
  expect([form, layout]).toEqual(['stored', 'sequential'])
  expect(sides.candidate.what).toMatch(/^feedbench \d/)
  for (const { values } of rounds) expect(values[0]).toMatchObject({ label: 'websocket', metric: 'latencyUs.p50' })
  expect(rounds[0]?.values[0]?.baseline).toBe(10e6)
  expect(rounds[0]?.values[0]?.candidate).toBeLessThan(10e6)
  // A machine that is busy makes trials invalid; nothing makes this one worse.
  expect([
    [0, 'pass'],
    [3, 'invalid'],
  ]).toContainEqual([code, verdict.status])
  const again = await feedbench(['gate', '--from', join(folder, 'slow.out'), '--json'], { cwd: folder })
  expect(again.stdout).toBe(readFileSync(join(folder, 'slow.out', 'gate.json'), 'utf8'))
})

test('those of another machine decide nothing, and nothing is measured', async () => {
  store('foreign', { environment: { ...here, cores: here.cores + 1 } })
  const { code, stdout } = await against('foreign')
  const { verdict, rounds } = JSON.parse(stdout) as GateResult
  expect(code).toBe(3)
  expect(verdict.status).toBe('inconclusive')
  expect(verdict.why).toBe(`the baseline was measured elsewhere: cores ${here.cores + 1}, here ${here.cores}`)
  expect(rounds).toEqual([])
})

test('those of another scenario are refused', async () => {
  store('other', { scenario: { name: 'other', sha256: 'b' } })
  const { code, stdout } = await against('other')
  expect([code, stdout]).toEqual([2, expect.stringContaining('E_BASELINE')])
})

test('those of another load are refused, whatever the scenario says', async () => {
  store('crowded', { measured: { ...MEASURED, clients: 300 } })
  const { code, stdout } = await against('crowded')
  expect([code, stdout]).toEqual([2, expect.stringContaining('clients 300, here 3')])
})

test('all of them are listed, and each is shown', async () => {
  store('listed')
  const list = await feedbench(['baseline', 'list'], { cwd: folder })
  expect(list.stdout).toMatch(/^ {2}listed +stored +6 runs +feedbench 0\.1\.0 /m)
  const shown = await feedbench(['baseline', 'show', 'listed', '--json'], { cwd: folder })
  expect((JSON.parse(shown.stdout) as StoredBaseline).runs).toHaveLength(RUNS)
})

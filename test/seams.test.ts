import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { driverOf } from '../dist/driver/driver-role.js'
import { PublisherPart } from '../dist/feed/publisher-part.js'
import { feedServerOf } from '../dist/server/server-role.js'
import { systemClock } from '../src/measure/clock.js'
import type { Plan } from '../src/model/plan.js'
import type { RoleFactory } from '../src/model/role.js'
import type { Trial } from '../src/model/trial.js'
import { describeEnvironment } from '../src/results/environment.js'
import { createRunFolder } from '../src/results/run-folder.js'
import { placeTrial } from '../src/runner/placement.js'
import { type RunOutcome, runPlan } from '../src/runner/run.js'
import { loadScenario, makePlan, traceContents } from '../src/scenario/load.js'
import { describeTransport } from '../src/testing/describe-transport.js'
import { headOnlyCodec } from '../src/testing/head-only-codec.js'
import { InMemoryFleet } from '../src/testing/in-memory-fleet.js'
import { PostedFeedServer, postingPublisher } from '../src/testing/posting-publisher.js'
import { loadTransport } from '../src/transports/registry.js'
import { ALL_TRANSPORTS, feedbench, ROOT, readJournal, readResult, temporaryFolder, writeScenario } from './command.js'

/** Each seam that later work stands on, proved by a second implementation. Whether a trial is valid is the machine's to say; the ledger is ours. */

const folder = await temporaryFolder()
const NEVER = new AbortController().signal

/** Runs a scenario over a fleet that a test has put together, with real roles over real sockets. */
async function runOver(
  fleet: InMemoryFleet,
  name: string,
  parts: Record<string, unknown>,
  {
    change = (plan: Plan) => plan,
    signal = NEVER,
    onPhase = () => {},
  }: {
    change?: (plan: Plan) => Plan
    signal?: AbortSignal
    onPhase?: (phase: string) => void
  } = {},
): Promise<RunOutcome & { out: string }> {
  const out = join(folder, name)
  const scenario = await loadScenario(writeScenario(folder, name, parts))
  const plan = change(makePlan(scenario, await fleet.describe(), placeTrial, { seed: 1 }))
  const outcome = await runPlan({
    plan,
    traces: traceContents(scenario),
    fleet,
    folder: await createRunFolder(out, name, 0),
    context: { feedbench: { version: '0.0.0' }, environment: await describeEnvironment(plan.cpuPlacement) },
    clock: systemClock,
    host: '127.0.0.1',
    events: { onPhase: (_trial, phase) => onPhase(phase), onProgress() {}, onTrial() {} },
    signal,
  })
  return { ...outcome, out }
}

function expectWhole(trial: Trial): void {
  const { scheduled, published, expected, delivered, missing, superseded, duplicates, reordered } = trial.messages
  expect({ published, delivered, missing, superseded, duplicates, reordered }, trial.label).toEqual({
    ...{ published: scheduled, delivered: expected, missing: 0, superseded: 0, duplicates: 0, reordered: 0 },
  })
  const codes = trial.verdict.reasons.map(({ code }) => code)
  for (const code of ['LEDGER_MISMATCH', 'REQUESTS_FAILED', 'CONNECTIONS_LOST', 'NO_DATA']) expect(codes).not.toContain(code)
}

const realRoles: Record<'server' | 'driver', RoleFactory> = { server: feedServerOf({}), driver: driverOf({}) }

test('fleet: a plan runs over members in one process, which leaves none', async () => {
  const fleet = new InMemoryFleet(realRoles)
  const { result, failure, out } = await runOver(fleet, 'in-memory', { transports: ALL_TRANSPORTS })
  expect(failure).toBeNull()
  expect(result.trials).toHaveLength(5)
  for (const trial of result.trials) expectWhole(trial)
  expect(fleet.launched.slice(0, 2)).toEqual(['feedbench server', 'feedbench driver 1'])
  expect(fleet.running).toEqual([])
  expect(readResult(out)).toEqual(result)
})

test('fleet: an interrupt ends its members, and keeps what had finished', async () => {
  const fleet = new InMemoryFleet(realRoles)
  const interruption = new AbortController()
  let windows = 0
  const { result, failure, out } = await runOver(
    fleet,
    'interrupted',
    { rounds: 3 },
    {
      signal: interruption.signal,
      onPhase: (phase) => {
        if (phase === 'measure' && ++windows === 2) interruption.abort()
      },
    },
  )
  expect(failure).toMatchObject({ exitCode: 130, problems: [{ code: 'E_INTERRUPTED' }] })
  expect(result.trials).toHaveLength(1)
  expect(readJournal(out)).toEqual(result.trials)
  expect(fleet.running).toEqual([])
})

test('fleet: an interrupt while the members of a trial end comes too late for that trial, which is kept', async () => {
  const interruption = new AbortController()
  const driver: RoleFactory = async (spec, emit) => {
    const role = await realRoles.driver(spec, emit)
    return {
      request: (method, params) => role.request(method, params),
      barrier: (name) => role.barrier(name),
      async stop() {
        interruption.abort()
        await role.stop()
      },
    }
  }
  const fleet = new InMemoryFleet({ ...realRoles, driver })
  const { result, failure } = await runOver(fleet, 'late', { rounds: 2 }, { signal: interruption.signal })
  expect(failure?.exitCode).toBe(130)
  expect(result.trials).toHaveLength(1)
  expect(fleet.launched).toHaveLength(2)
  // One that is interrupted already begins nothing.
  const idle = new InMemoryFleet(realRoles)
  const nothing = await runOver(idle, 'idle', {}, { signal: interruption.signal })
  expect(nothing.result).toMatchObject({ trials: [], summary: { exitCode: 130 } })
  expect(idle.launched).toEqual([])
})

test('fleet: a role that breaks without a plug-in is a bug, and ends the run with 70 and its words', async () => {
  const broken: RoleFactory = async () => ({
    request: async () => {
      throw new Error('no cable')
    },
    barrier() {},
    async stop() {},
  })
  const fleet = new InMemoryFleet({ ...realRoles, driver: broken })
  const { result, failure } = await runOver(fleet, 'broken', {})
  const where = 'feedbench driver 1 in the connect phase of trial 1 (websocket)'
  expect(failure?.problems).toMatchObject([{ code: 'E_BUG', where, message: expect.stringContaining('no cable') }])
  expect(result.summary.exitCode).toBe(70)
  expect(fleet.running).toEqual([])
})

describeTransport(await loadTransport(pathToFileURL(`${ROOT}test/fixtures/plugin-transport.mjs`).href))

test('transport: a plug-in named by its path runs through the built command, beside one that comes along', async () => {
  const plugin = `${ROOT}test/fixtures/plugin-transport.mjs`
  const out = join(folder, 'plugged')
  const scenario = writeScenario(folder, 'plugin', {
    transports: [{ [plugin]: { greeting: 'good morning' } }, 'websocket'],
    thresholds: ['netstrings.messages.missing == 0'],
  })
  const { stdout, stderr } = await feedbench(['run', scenario, '--out', out, '--transports', 'netstrings,websocket'])
  expect(stderr).toBe('')
  const { plan, trials, summary } = readResult(out)
  expect(trials).toHaveLength(2)
  for (const trial of trials) expectWhole(trial)
  expect(plan.transports[0]).toEqual({
    ...{ transport: 'netstrings', label: 'netstrings', module: `file://${plugin}`, options: { greeting: 'good morning' } },
  })
  expect(summary.thresholds).toHaveLength(1)
  expect(stdout).toContain('netstrings')
  // Its bytes are those of its own protocol: a length, a colon and a comma about each message.
  const { bytes } = trials.find(({ label }) => label === 'netstrings') as Trial
  expect(bytes.received - bytes.payload).toBe((bytes.payload / 200) * 5)
})

test('codec: where messages say nothing of time, latency follows from the schedule, and there is no transit, with a reason', async () => {
  const roles = { server: feedServerOf({ codec: headOnlyCodec }), driver: driverOf({ codec: headOnlyCodec }) }
  const { result } = await runOver(new InMemoryFleet(roles), 'codec', { transports: ALL_TRANSPORTS })
  expect(result.trials).toHaveLength(5)
  for (const trial of result.trials) {
    expectWhole(trial)
    expect(trial.latencyUs.count).toBe(trial.messages.expected)
    expect(trial.latencyUs.min).toBeGreaterThan(0)
    expect(trial.transitUs).toMatchObject({ count: 0, p50: null, histogram: null })
    expect(trial.notMeasured.transitUs).toBe('messages do not say when they were published')
    expect(trial.publishDelayUs.count).toBe(trial.messages.scheduled)
  }
})

test('publisher: a process of its own posts to the server, and the result says so', async () => {
  const servers: PostedFeedServer[] = []
  const server = feedServerOf({
    offer(transports, _publishDue, log) {
      const offered = new PostedFeedServer(transports, log)
      servers.push(offered)
      return offered
    },
  })
  const fleet = new InMemoryFleet({ server, driver: driverOf({}), publisher: postingPublisher(PublisherPart.create) })
  const { result } = await runOver(
    fleet,
    'posted',
    { transports: ['sse', 'websocket', 'long-polling'] },
    {
      change: (plan) => ({
        ...plan,
        trials: plan.trials.map((trial) => ({ ...trial, publisher: { place: 'process', outlet: 'POST' } })),
      }),
    },
  )
  expect(fleet.launched.slice(0, 3)).toEqual(['feedbench server', 'feedbench driver 1', 'feedbench publisher'])
  expect(result.trials).toHaveLength(3)
  for (const trial of result.trials) {
    expectWhole(trial)
    expect(trial.publisher).toEqual({ place: 'process', outlet: 'POST', posts: null })
  }
  // 0.7 s at 40 messages a second, each of which crossed by a request.
  expect(servers.map(({ posted }) => posted)).toEqual([28, 28, 28])
})

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Trial } from '../src/model/trial.js'
import { ALL_TRANSPORTS, feedbench, readResult, temporaryFolder, writeScenario } from './command.js'
import { errorsOf, expectKept, heldIn } from './phases.js'

/** Emulated links through the built command. A link adds at least what it says, and machines may add to that: no test asks for less. */

const folder = await temporaryFolder()

async function trialsOf(name: string, parts: Record<string, unknown>, after?: string): Promise<Trial[]> {
  const out = join(folder, name)
  const args = ['run', writeScenario(folder, name, parts), '--out', out, '--seed', '5']
  const { stderr } = await feedbench(args, after === undefined ? {} : { after })
  expect(stderr).toBe('')
  return readResult(out).trials
}

const phases = { warmup: '300ms', measure: '1200ms', drain: '8s' }

test('every transport gets every message through a relay, and none more than 3 ms sooner than the link allows', async () => {
  const trials = await trialsOf('all', { transports: ALL_TRANSPORTS, clients: 10, network: { rtt: '60ms', jitter: '10ms' } })
  expect(trials).toHaveLength(5)
  for (const { label, messages, connections, transitUs, network, placement } of trials) {
    expect(messages, label).toMatchObject({ missing: 0, duplicates: 0, reordered: 0, delivered: messages.expected })
    expect(connections, label).toEqual({ opened: 10, failed: 0, reconnects: 0 })
    // Half of the round trip less half of the jitter; less 3 ms, which a relay that waited for a core may take a message to have waited too, and the half of a batch.
    expect(transitUs.min, label).toBeGreaterThanOrEqual(21_500)
    expect(network, label).toMatchObject({
      tier: 'relay',
      rttUs: 60_000,
      jitterUs: 10_000,
      bandwidthBytesPerSec: null,
      lossShare: 0,
      tierReason: 'nothing was asked for that needs the kernel, and a relay is the same on every machine',
      events: [],
    })
    expect(network?.toClient.delayUs.min, label).toBeGreaterThanOrEqual(23_000)
    expect(network?.relays, label).toMatchObject([{ relay: 1 }])
    expect(network?.relays[0]?.connections, label).toBeGreaterThanOrEqual(10)
    expect(network?.cannotShow.join(), label).toContain('loss of packets')
    expect(placement.relays, label).toHaveLength(1)
  }
})

test('a bandwidth holds for each connection, and what exceeds it is sent later and not lost', async () => {
  const [trial] = await trialsOf('bandwidth', {
    clients: 4,
    feed: { rate: '10/s', arrival: 'periodic', payload: '10kB' },
    network: { bandwidth: '200kB/s' },
    phases,
  })
  expect(trial?.messages.missing).toBe(0)
  // 10 kB at 200 kB/s, less 3 ms as above.
  expect(trial?.transitUs.min).toBeGreaterThanOrEqual(46_500)
})

describe.concurrent('an event', () => {
  test('stall holds back what comes, and all of it passes afterwards', async () => {
    const network = { events: [{ stall: { at: '300ms', for: '600ms' } }] }
    const [trial] = await trialsOf('stall', { clients: 5, network, phases })
    expect(trial?.messages).toMatchObject({ missing: 0, reordered: 0 })
    expect(trial?.connections.reconnects).toBe(0)
    // Less than its 600 ms: the relay may be late to begin it.
    expect(trial?.transitUs.max).toBeGreaterThanOrEqual(300_000)
    expect(trial?.network?.events).toEqual([{ kind: 'stall', atUs: 300_000, lengthUs: 600_000, share: 1 }])
  })

  test('cut resets a share of the connections, whose clients come back', async () => {
    const network = { events: [{ cut: { at: '400ms', share: '50%' } }] }
    const [trial] = await trialsOf('cut', { clients: 20, network, phases })
    expect(trial?.connections).toEqual({ opened: 20, failed: 0, reconnects: 10 })
    expect(trial?.messages.missing).toBe(0)
    expect(trial?.verdict.reasons.map(({ code }) => code)).toContain('CONNECTIONS_LOST')
    expect(trial?.network?.relays[0]?.connections).toBe(30)
  })

  test('blackhole swallows what is sent, and nobody is told', async () => {
    const network = { events: [{ blackhole: { at: '400ms', share: '50%' } }] }
    const [trial] = await trialsOf('blackhole', { clients: 20, network, phases: { ...phases, drain: '1s' } })
    expect(trial?.connections).toEqual({ opened: 20, failed: 0, reconnects: 0 })
    const { missing = 0, expected = 0 } = trial?.messages ?? {}
    // Ten of twenty clients lose what comes after the first third of the window.
    expect(missing).toBeGreaterThan(expected / 10)
    expect(missing).toBeLessThanOrEqual(expected / 2)
  })
})

test('where a process may have few descriptors, several relays share the clients', async () => {
  const [trial] = await trialsOf('descriptors', { clients: 120, network: { rtt: '10ms' } }, 'ulimit -n 260')
  expect(trial?.connections).toEqual({ opened: 120, failed: 0, reconnects: 0 })
  expect(trial?.network?.relays.map(({ relay, connections }) => [relay, connections])).toEqual([
    [1, 60],
    [2, 60],
  ])
})

describe.concurrent.each(['connect', 'warmup', 'measure', 'drain'] as const)('killed in the %s phase,', (phase) => {
  test('a relay ends the run with 4 and a sentence that names it, and what had finished is kept', async () => {
    const held = await heldIn(folder, phase, `${phase}-relay`, { parts: { network: { rtt: '10ms' } } })
    process.kill(held.members.find(({ title }) => title === 'feedbench relay 1')?.pid as number, 'SIGKILL')
    const ended = await expectKept(held)
    expect(ended.code).toBe(4)
    expect(errorsOf(ended).split('\n')[0]).toBe(
      `feedbench relay 1 in the ${phase} phase of trial 2 (${held.label}): expected to run until its trial was over, but it ended by SIGKILL [E_MEMBER_DIED]`,
    )
  })
})

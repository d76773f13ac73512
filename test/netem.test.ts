import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Trial } from '../src/model/trial.js'
import { netemAvailability } from '../src/runner/netem.js'
import { childrenOf, feedbench, readResult, start, temporaryFolder, until, writeScenario } from './command.js'

/** Links of the kernel's, through the built command; where this machine has none, that it says so. */

const folder = await temporaryFolder()
const netem = netemAvailability()
/** Somebody who is not root, where this one is. */
const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups']
const canBeNobody =
  spawnSync(NOBODY[0] as string, [...NOBODY.slice(1), 'unshare', '--user', '--map-root-user', '--net', 'true']).status === 0

async function trialOf(name: string, network: Record<string, unknown>, after?: string, drain = '8s'): Promise<Trial | undefined> {
  // Few of them: packets, and not the processor, shall decide.
  const parts = {
    clients: 3,
    feed: { rate: '10/s', arrival: 'periodic' },
    network,
    // The packets that open a connection are lost too, and are sent again after 1, 3, 7 and 15 s.
    connect: { timeout: '60s' },
    phases: { warmup: '500ms', measure: '6s', drain },
  }
  const out = join(folder, name, 'run')
  const ended = await feedbench(['run', writeScenario(folder, name, parts), '--out', out], after === undefined ? {} : { after })
  expect(ended.stderr).toBe('')
  return readResult(out).trials[0]
}

describe.runIf(netem.isUsable)('a link of the kernel', () => {
  test('delays each way by half of the round trip, the handshake too, and says what it achieved', async () => {
    const trial = await trialOf('delay', { rtt: '120ms', tier: 'netem' })
    expect(trial?.messages).toMatchObject({ missing: 0, duplicates: 0, reordered: 0 })
    // A driver that takes a long time to read may take what came meanwhile to have come before.
    expect(trial?.transitUs.p50).toBeGreaterThanOrEqual(60_000)
    expect(trial?.connectUs.min).toBeGreaterThanOrEqual(240_000)
    expect(trial?.network).toMatchObject({ tier: 'netem', tierReason: 'asked for by the scenario', rttUs: 120_000, relays: [] })
    for (const direction of ['toServer', 'toClient'] as const)
      expect(trial?.network?.[direction].delayUs.min).toBeGreaterThanOrEqual(60_000)
    expect(trial?.network?.loss).toMatchObject({ probesLost: 0 })
    expect(trial?.placement.relays).toBeUndefined()
  })

  test('loses packets, which TCP sends again: nothing is missing, and some of it is late', async () => {
    // A segment that is lost five times in a row is sent again after 6 s, and what comes behind it waits: one in 3,000.
    const trial = await trialOf('loss', { rtt: '40ms', loss: '20%' }, undefined, '30s')
    expect(trial?.messages.missing).toBe(0)
    expect(trial?.network).toMatchObject({ tier: 'netem', tierReason: 'only the kernel loses packets', lossShare: 0.2 })
    expect(trial?.network?.loss?.probesLost).toBeGreaterThan(0)
    expect(trial?.network?.loss?.segmentsRetransmitted).toBeGreaterThan(0)
    // A retransmission waits for 200 ms at least, or for what tells of it.
    expect(trial?.transitUs.max).toBeGreaterThanOrEqual(60_000)
    expect(trial?.predicted.notCovered).toContain('a link that loses packets')
  }, 180_000)

  test.runIf(canBeNobody)('needs no root where users may have namespaces', async () => {
    const trial = await trialOf(
      'nobody',
      { rtt: '40ms', tier: 'netem' },
      `chmod -R a+rwx ${folder}; exec ${NOBODY.join(' ')} "$0" "$@"`,
    )
    expect(trial?.network).toMatchObject({ tier: 'netem' })
    expect(trial?.messages.missing).toBe(0)
  })

  test('is gone with its runner, whose processes are too', async () => {
    const scenario = writeScenario(folder, 'gone', { network: { tier: 'netem' }, phases: { measure: '60s' } })
    const run = start(['run', scenario, '--out', join(folder, 'gone'), '--progress', 'lines'])
    await until('the window', () => run.stderr().includes('measuring'), 60_000)
    const children = childrenOf(run.pid)
    expect(children.map(({ title }) => title)).toEqual(
      expect.arrayContaining(['cat', 'feedbench link probe', 'feedbench server']),
    )
    run.child.kill('SIGKILL')
    await run.ended
    await until('all to end', () => children.every(({ pid }) => spawnSync('kill', ['-0', String(pid)]).status !== 0))
  })
})

describe.runIf(!netem.isUsable)('where the kernel makes no links', () => {
  test.each([
    ['network.tier', { tier: 'netem' }],
    ['network.loss', { rtt: '10ms', loss: '1%' }],
  ])('a scenario that needs one is refused at %s with the reason', async (where, network) => {
    const out = join(folder, 'refused')
    const { code, stderr } = await feedbench(['run', writeScenario(folder, 'refused', { network }), '--out', out])
    expect(code).toBe(2)
    const why = netem.isUsable ? '' : netem.why
    expect(stderr.split('\n')[0]).toBe(`${where}: expected a link from the kernel, got: ${why} [E_NETEM]`)
  })
})

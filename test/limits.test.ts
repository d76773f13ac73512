import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ALL_TRANSPORTS, feedbench, readResult, temporaryFolder, writeScenario } from './command.js'
import { canHaveNetwork, inNamespace } from './namespaces.js'

/** What the machine cannot hold is refused before anything is begun; with as many clients as the hint names, it works. */

const folder = await temporaryFolder()
// All is to come, however long a crowd on two cores may take: a drain ends when it has.
const phases = { warmup: '200ms', measure: '500ms', drain: '30s' }
const scenario = writeScenario(folder, 'limits', { transports: ALL_TRANSPORTS, phases })
const NAMES = ['polling', 'long-polling', 'http-streaming', 'sse', 'websocket']

function mostOf(stderr: string): string {
  return /use at most (\d+) clients/.exec(stderr)?.[1] ?? 'none'
}

function expectAllServed(out: string, clients: number, transports: number): void {
  const { trials } = readResult(out)
  expect(trials).toHaveLength(transports)
  for (const { label, connections, messages } of trials) {
    expect(connections, label).toEqual({ opened: clients, failed: 0, reconnects: 0 })
    expect(messages.missing, label).toBe(0)
  }
}

describe.skipIf(!existsSync('/proc/self/limits'))('descriptors', () => {
  test.each([
    [256, 200, 328, 5],
    [600, 900, 1_028, 2],
  ])('of which a process may have %i are too few for %i clients', async (limit, clients, needed, transports) => {
    const out = join(folder, `descriptors-${limit}`)
    const after = `ulimit -n ${limit}`
    const run = ['run', scenario, '--transports', NAMES.slice(-transports).join(), '--out', out]
    const { code, stdout, stderr } = await feedbench([...run, '--clients', String(clients)], { after })
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toBe(
      `feedbench server: expected to hold ${clients} connections in one process, which need ${needed} file descriptors, but a process may open ${limit} [E_LIMIT_DESCRIPTORS]\n` +
        `  hint: raise the limit (ulimit -n ${needed}, as root or in limits.conf), or use at most ${limit - 128} clients\n`,
    )
    expect(existsSync(out)).toBe(false)
    const fits = await feedbench([...run, '--clients', mostOf(stderr)], { after })
    expect(fits.stderr).toBe('')
    expectAllServed(out, limit - 128, transports)
    expect(readFileSync(join(out, 'plan.json'), 'utf8')).toContain(`"descriptorsPerProcess": ${limit}`)
  })
})

describe.skipIf(!canHaveNetwork)('source ports (needs leave to make a network)', () => {
  // A trial only: in so few ports the connections of one would stand in the way of the next for a minute.
  const one = ['run', scenario, '--transports', 'websocket', '--clients']
  const network = (last: number) => ({
    after: inNamespace('-n', `ip link set lo up && echo 40000 ${last} > /proc/sys/net/ipv4/ip_local_port_range`),
  })

  test('of which an address has 100 are enough for 300 clients, because several addresses are used', async () => {
    const out = join(folder, 'addresses')
    const { stderr } = await feedbench([...one, '300', '--out', out], network(40_099))
    expect(stderr).toBe('')
    expectAllServed(out, 300, 1)
    const { plan } = readResult(out)
    expect(plan.trials[0]?.placement.drivers[0]?.sourceAddresses).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'])
  })

  test('of which 64 addresses have 10 each are too few for 600 clients', async () => {
    const out = join(folder, 'ports')
    const { code, stdout, stderr } = await feedbench([...one, '600', '--out', out], network(40_009))
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toBe(
      'feedbench driver: expected 67 source addresses for so many clients, but there are 64 with 10 ports each [E_LIMIT_PORTS]\n' +
        '  hint: widen net.ipv4.ip_local_port_range, or use at most 576 clients\n',
    )
    expect(existsSync(out)).toBe(false)
    const fits = await feedbench([...one, mostOf(stderr), '--out', out], network(40_009))
    expect(fits.stderr).toBe('')
    expectAllServed(out, 576, 1)
  })
})

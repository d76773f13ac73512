import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FeedbenchError, type Problem } from '../model/errors.js'
import type { FleetDescription } from '../model/placement.js'
import { testFleet } from '../testing/scenarios.js'
import { placeTrial } from './placement.js'

const fleet = (parts: Partial<FleetDescription> = {}): FleetDescription => ({
  ...testFleet,
  addresses: Array.from({ length: 64 }, (_, index) => `127.0.0.${index + 1}`),
  memoryFreeBytes: 64e9,
  ...parts,
})

function problemsOf(clients: number, parts: Partial<FleetDescription>): readonly Problem[] {
  try {
    placeTrial(clients, fleet(parts), true)
    return []
  } catch (error) {
    if (error instanceof FeedbenchError) return error.problems
    throw error
  }
}

describe('the placement of a trial', () => {
  it('is one driver on the other of two cores for 200 clients', () => {
    expect(placeTrial(200, fleet({ cores: [0, 1] }), true)).toEqual({
      cpuPlacement: { mode: 'pinned', reason: null },
      placement: { server: { cores: [0] }, drivers: [{ cores: [1], clients: 200, sourceAddresses: [] }] },
    })
  })

  it('has as many drivers as there are clients for, on cores of their own', () => {
    const { placement } = placeTrial(9_000, fleet({ cores: [4, 5, 6, 7] }), true)
    expect(placement.server.cores).toEqual([4])
    expect(placement.drivers.map(({ cores, clients }) => [cores, clients])).toEqual([
      [[5], 3_000],
      [[6], 3_000],
      [[7], 3_000],
    ])
  })

  it.each([
    [2_500, 1],
    [2_501, 2],
    [5_000, 2],
    [60_000, 3],
  ])('for %d clients on four cores is %d drivers', (clients, drivers) => {
    expect(placeTrial(clients, fleet(), true).placement.drivers).toHaveLength(drivers)
  })

  it('deals every client to one driver, as those deal them to themselves', () => {
    const anyCores = fc.integer({ min: 1, max: 40 }).map((count) => Array.from({ length: count }, (_, core) => core))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60_000 }), anyCores, fc.boolean(), (clients, cores, pin) => {
        const { placement } = placeTrial(clients, fleet({ cores }), pin)
        const { length } = placement.drivers
        const dealt = placement.drivers.map((_, driver) => {
          let own = 0
          for (let index = driver; index < clients; index += length) own++
          return own
        })
        expect(placement.drivers.map((driver) => driver.clients)).toEqual(dealt)
        expect(dealt.reduce((sum, own) => sum + own, 0)).toBe(clients)
        expect(placement.drivers.filter((driver) => driver.clients === 0)).toEqual([])
        const serverCore = placement.server.cores?.[0]
        for (const driver of placement.drivers) if (driver.cores !== null) expect(driver.cores).not.toContain(serverCore)
      }),
    )
  })

  it.each<[string, Partial<FleetDescription>, boolean, string]>([
    ['it is turned off', {}, false, 'turned off by the scenario'],
    ['there is one core', { cores: [0] }, true, 'there is only one core'],
    ['there is no taskset', { canPin: false }, true, 'there is no taskset here'],
  ])('pins nothing where %s, and says why', (_, parts, pin, reason) => {
    const { cpuPlacement, placement } = placeTrial(100, fleet(parts), pin)
    expect(cpuPlacement).toEqual({ mode: 'shared', reason })
    expect([placement.server.cores, placement.drivers[0]?.cores]).toEqual([null, null])
  })

  it('uses as many source addresses as the ports of each make necessary', () => {
    const addresses = (clients: number) => placeTrial(clients, fleet(), true).placement.drivers[0]?.sourceAddresses
    expect(addresses(25_200)).toEqual([])
    expect(addresses(25_201)).toEqual(['127.0.0.1', '127.0.0.2'])
    expect(addresses(60_000)).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3'])
  })
})

describe('a limit that the clients would hit', () => {
  it('is found where 60,000 connections meet 20,000 descriptors, with the figures and what to do', () => {
    expect(problemsOf(60_000, { descriptorsPerProcess: 20_000 })).toEqual([
      {
        code: 'E_LIMIT_DESCRIPTORS',
        where: 'feedbench server',
        message:
          'expected to hold 60000 connections in one process, which need 60128 file descriptors, but a process may open 20000',
        hint: 'raise the limit (ulimit -n 60128, as root or in limits.conf), or use at most 19872 clients',
      },
    ])
  })

  it('is found in the ports', () => {
    const [problem] = problemsOf(30_000, { addresses: ['127.0.0.1'] })
    expect(problem).toMatchObject({ code: 'E_LIMIT_PORTS', where: 'feedbench driver' })
    expect(problem?.message).toBe('expected 2 source addresses for so many clients, but there is 1 with 28000 ports each')
    expect(problem?.hint).toContain('at most 25200 clients')
  })

  it('is found in the memory', () => {
    const [problem] = problemsOf(10_000, { memoryFreeBytes: 2 ** 30 })
    expect(problem).toMatchObject({ code: 'E_LIMIT_MEMORY', where: 'this machine' })
    expect(problem?.message).toContain('1277 MiB of free memory for 10000 clients, but there are 1024 MiB')
    expect(problem?.hint).toContain('at most 7413 clients')
  })

  it('is found in the memory of a container', () => {
    const [problem] = problemsOf(10_000, { memoryFreeBytes: 2 ** 30, memoryLimitedBy: 'control group' })
    expect(problem).toMatchObject({ code: 'E_LIMIT_MEMORY', where: 'this control group' })
    expect(problem?.hint).toBe('raise the memory limit of the container or service, or use at most 7413 clients')
  })

  it('is found in the descriptors of the whole machine, which has both ends', () => {
    const [problem] = problemsOf(10_000, { descriptorsFree: 20_000 })
    expect(problem).toMatchObject({ code: 'E_LIMIT_DESCRIPTORS', where: 'this machine' })
    expect(problem?.message).toContain(
      '20384 file descriptors for both ends of 10000 connections, but the machine has 20000 left',
    )
    expect(problem?.hint).toContain('at most 9808 clients')
  })

  it('is found in the threads that may be started', () => {
    expect(problemsOf(10_000, { cores: [0, 1, 2, 3], threadsFree: 50 })).toEqual([
      {
        code: 'E_LIMIT_THREADS',
        where: 'this machine',
        message: 'expected to start 4 processes with 64 threads, but 50 more may be started',
        hint: 'raise the limit (pids of the container or service, or kernel.threads-max), or end other programs',
      },
    ])
  })

  it('names no number of clients where not even one would do', () => {
    const [problem, ...others] = problemsOf(1, { memoryFreeBytes: 1e6, descriptorsPerProcess: 100 })
    expect(problem?.hint).toBe('raise the limit (ulimit -n 129, as root or in limits.conf)')
    expect(others.map(({ hint }) => hint)).toEqual(['end other programs'])
  })

  it('is found with all the others at once', () => {
    const problems = problemsOf(60_000, { descriptorsPerProcess: 1_024, addresses: ['127.0.0.1'], memoryFreeBytes: 1e9 })
    expect(problems.map(({ code }) => code)).toEqual(['E_LIMIT_DESCRIPTORS', 'E_LIMIT_PORTS', 'E_LIMIT_MEMORY'])
    for (const { hint } of problems) expect(hint).toMatch(/at most \d+ clients/)
  })

  it('lets as many clients through as its hint says, and not one more', () => {
    const limits: Partial<FleetDescription>[] = [
      { descriptorsPerProcess: 3_000 },
      { addresses: ['127.0.0.1'] },
      { memoryFreeBytes: 2e9 },
      { descriptorsFree: 9_001 },
    ]
    for (const limit of limits) {
      const most = Number(/at most (\d+) clients/.exec(problemsOf(64_000, limit)[0]?.hint ?? '')?.[1])
      expect(problemsOf(most, limit)).toEqual([])
      expect(problemsOf(most + 1, limit)).toHaveLength(1)
    }
  })
})

describe('the placement of a trial with a link', () => {
  const place = (clients: number, parts: Partial<FleetDescription> = {}) =>
    placeTrial(clients, fleet(parts), true, true).placement

  it('has the relay on the core of the server where there are two, and on one of its own from three on', () => {
    const two = place(200, { cores: [0, 1] })
    expect([two.server.cores, two.drivers.map(({ cores }) => cores), two.relays?.map(({ cores }) => cores)]).toEqual([
      [0],
      [[1]],
      [[0]],
    ])
    const four = place(9_000, { cores: [4, 5, 6, 7] })
    expect([four.server.cores, four.drivers.map(({ cores }) => cores), four.relays?.map(({ cores }) => cores)]).toEqual([
      [4],
      [[5], [6]],
      [[7]],
    ])
  })

  it('has as many relays as two connections a client need, within the descriptors of each', () => {
    expect(place(132, { descriptorsPerProcess: 260 }).relays).toHaveLength(2)
    expect(place(66, { descriptorsPerProcess: 260 }).relays).toHaveLength(1)
  })

  it('gives relays other source addresses than the drivers, where one does not suffice', () => {
    const { drivers, relays } = place(300, { portsPerAddress: 200 })
    expect(drivers[0]?.sourceAddresses).toEqual(['127.0.0.1', '127.0.0.2'])
    expect(relays?.[0]?.sourceAddresses).toEqual(['127.0.0.3', '127.0.0.4'])
  })

  it.each([
    ['E_LIMIT_DESCRIPTORS', { descriptorsFree: 4 * 100 + 4 * 128 }],
    ['E_LIMIT_MEMORY', { memoryFreeBytes: (560 << 20) + 100 * (160 << 10) }],
    ['E_LIMIT_PORTS', { portsPerAddress: 60, addresses: ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'] }],
    ['E_LIMIT_THREADS', { threadsFree: 47 }],
  ])('is refused by %s as soon as there is less, and not before', (code, parts) => {
    const most = { E_LIMIT_PORTS: 108, E_LIMIT_THREADS: 0 }[code] ?? 100
    if (most > 0) expect(() => place(most, parts)).not.toThrow()
    expect(() => place(most + 1, parts)).toThrow(code)
  })
})

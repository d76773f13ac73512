import { describe, expect, test } from 'vitest'
import { CHECK_NAMES, type Diagnosis } from '../src/model/diagnosis.js'
import { placeTrial } from '../src/runner/placement.js'
import { childrenOf, feedbench, isRunning, start, until } from './command.js'

const TRANSPORTS = ['polling', 'long-polling', 'http-streaming', 'sse', 'websocket']

describe('doctor', () => {
  test('measures, and names sizes at which run places its clients, and one more is refused', async () => {
    // Too few descriptors for its usual 300 clients: it makes do with as many as there is room for.
    const { code, stdout, stderr } = await feedbench(['doctor', '--json', '--duration', '300ms'], { after: 'ulimit -n 250' })
    expect(stderr).toMatch(/^Looking at this machine, which takes about \d+ s; Ctrl-C ends it\n$/)
    const { checks, measured, capacity, canMeasure } = JSON.parse(stdout) as Diagnosis
    // A machine that is busy with other things may really be unable to measure.
    expect(code).toBe(canMeasure ? 0 : 3)
    expect(canMeasure).toBe(checks.every(({ status }) => status !== 'problem'))
    expect(checks.map(({ name }) => name)).toEqual(CHECK_NAMES)

    const { fleet, clock, timers, httpCeiling, transports } = measured
    expect(clock.resolutionUs).toBeGreaterThan(0)
    for (const { count, p50, p99 } of [timers.loopUs, timers.waitingThreadUs]) {
      expect(count).toBeGreaterThan(0)
      expect(p99 ?? -1).toBeGreaterThanOrEqual(p50 ?? 0)
    }
    expect(httpCeiling?.requestsPerSec).toBeGreaterThan(0)
    expect(httpCeiling?.failed).toBe(0)
    expect(transports.map(({ transport }) => transport)).toEqual(TRANSPORTS)
    for (const { floor, cost } of transports) {
      expect(cost.clients).toBe(122)
      expect(floor.transitUs.count).toBeGreaterThan(0)
      expect(cost.serverCpuUsPerDelivery).toBeGreaterThan(0)
      expect(cost.driverCpuUsPerDelivery).toBeGreaterThan(0)
    }
    expect(capacity.map(({ transport }) => transport)).toEqual(TRANSPORTS)
    expect(checks[0]).toMatchObject({ name: 'descriptors', status: 'warn', why: ['enough for 122 clients only'] })
    for (const { clients } of capacity) {
      expect(clients[0]).toEqual({ name: 'descriptors', most: 122, basis: 'read' })
      const most = clients.find(({ basis }) => basis === 'read')?.most ?? 0
      expect(placeTrial(most, fleet, true).placement.drivers.length).toBeGreaterThan(0)
      if (most < 1_000_000) expect(() => placeTrial(most + 1, fleet, true)).toThrow(/E_LIMIT_/)
    }
  }, 180_000)

  test('says where there is no room for a client that no valid measurement is possible, with 3', async () => {
    const { code, stdout } = await feedbench(['doctor', '--duration', '0.2'], { after: 'ulimit -n 128' })
    expect(code).toBe(3)
    expect(stdout).toMatch(/^ {2}PROBLEM {2}file descriptors +128 a process\n +not enough for a single client\n +hint: /m)
    expect(stdout).toContain('No valid measurement is possible here: see file descriptors above.')
    expect(stdout).not.toContain('\u001b')
  })

  test.each([
    ['while it looks at timers', 0],
    ['while autocannon asks', 1],
    ['during a trial', 2],
  ])('ends with 130 when it is interrupted %s, and leaves no process', async (_, members) => {
    const doctor = start(['doctor', '--duration', members === 0 ? '20' : '1'])
    const seen = new Set<number>()
    await until('its processes', () => {
      for (const { pid, title } of childrenOf(doctor.pid)) if (title.startsWith('feedbench')) seen.add(pid)
      return seen.size >= members && doctor.stderr().includes('Ctrl-C')
    })
    doctor.child.kill('SIGINT')
    const { code, stdout, stderr } = await doctor.ended
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(stderr).toMatch(/\ndoctor: expected .* interrupted \[E_INTERRUPTED\]\n {2}hint: .*\n$/)
    await until('its processes to end', () => [...seen].every((pid) => !isRunning(pid)), 3_000)
  })

  test('tells of a process that dies', async () => {
    const doctor = start(['doctor', '--duration', '1'])
    const server = await until('the server', () => childrenOf(doctor.pid).find(({ title }) => title === 'feedbench server'))
    process.kill(server.pid, 'SIGKILL')
    const { code, stderr } = await doctor.ended
    expect(code).toBe(4)
    expect(stderr).toMatch(/feedbench server: expected .* SIGKILL \[E_MEMBER_DIED\]\n {2}hint: /)
  })

  test.each(['0', '61', '2x', '-1', ''])('has no --duration %j', async (duration) => {
    const { code, stderr } = await feedbench(['doctor', `--duration=${duration}`])
    expect(code).toBe(2)
    expect(stderr).toMatch(/E_USAGE\]\n {2}hint: /)
  })
})

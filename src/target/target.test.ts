import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../testing/virtual-clock.js'
import { OutputLog } from './output-log.js'
import { readTree, type TreeReading, treePids } from './process-tree.js'
import { readinessOf, untilReady } from './readiness.js'
import { TreeMeter } from './tree-usage.js'

const reading = (parts: Partial<TreeReading>): TreeReading => ({
  pids: [7],
  userUs: 0,
  systemUs: 0,
  exactUs: 0,
  rssBytes: 1_000,
  ...parts,
})

function usage(start: TreeReading | null, end: TreeReading | null) {
  const readings = [start, end]
  const clock = new VirtualClock(0)
  const meter = new TreeMeter(() => readings.shift() ?? null, clock)
  meter.start()
  clock.advanceTo(1_000)
  return meter.stop()
}

describe('what the processes of a server use', () => {
  it('is told to the microsecond, divided as the ticks say', () => {
    const used = usage(reading({}), reading({ userUs: 30_000, systemUs: 10_000, exactUs: 38_000, rssBytes: 5 }))
    expect(used).toEqual({
      sampledUs: 1_000,
      cpuUserUs: 28_500,
      cpuSystemUs: 9_500,
      eventLoopUtilization: null,
      eventLoopDelayUsP99: null,
      gcUs: null,
      rssBytes: 5,
    })
  })

  it('is that of the ticks where threads have ended, whose time the other account has lost', () => {
    expect(usage(reading({ exactUs: 500_000 }), reading({ userUs: 90_000, exactUs: 10_000 }))).toMatchObject({
      cpuUserUs: 90_000,
    })
    expect(usage(reading({}), reading({ userUs: 90_000, exactUs: null }))).toMatchObject({ cpuUserUs: 90_000, cpuSystemUs: 0 })
  })

  it('is not known where nobody was there', () => {
    expect(usage(null, reading({}))).toMatchObject({ cpuUserUs: null, cpuSystemUs: null, rssBytes: null })
  })

  it('is read of this process and those that it started', () => {
    const tree = readTree(process.pid)
    if (process.platform !== 'linux') return expect(tree).toBeNull()
    expect(tree?.pids).toContain(process.pid)
    expect(tree?.rssBytes).toBeGreaterThan(1 << 20)
    expect((tree?.userUs ?? 0) + (tree?.systemUs ?? 0)).toBeGreaterThan(0)
  })
})

it.runIf(process.platform === 'linux')('a process that was started late is one of the tree', async () => {
  const before = treePids(process.pid)
  const worker = spawn('sleep', ['600'], { stdio: 'ignore' })
  try {
    const { pid } = worker
    expect(before).not.toContain(pid)
    expect(treePids(process.pid)).toEqual(expect.arrayContaining([process.pid, pid]))
  } finally {
    worker.kill('SIGKILL')
    await once(worker, 'exit')
  }
})

describe('what a server writes', () => {
  it('is kept up to a bound, and its last lines are quoted', () => {
    const folder = mkdtempSync(join(tmpdir(), 'feedbench-log-'))
    const file = join(folder, 'target.log')
    const log = new OutputLog(file)
    log.add(Buffer.alloc(1 << 20, 'x'))
    log.add(Buffer.from('\nlast but one\n\nlast\n'))
    const written = readFileSync(file, 'utf8')
    rmSync(folder, { recursive: true })
    expect(written.slice(1 << 20)).toBe('\nfeedbench: what came after 1048576 bytes is not kept\n')
    expect(log.said).toMatch(/^, saying: x+ \/ last but one \/ last$/)
  })

  it('is nothing to quote where it says nothing, and no file where there is no folder', () => {
    expect(new OutputLog(null).said).toBe('')
  })
})

describe('a server is ready', () => {
  it('when its path is answered without an error, or it takes a connection', async () => {
    let status = 503
    const server = createServer((_request, response) => response.writeHead(status).end()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
    expect(await readinessOf(address, null)()).toBeNull()
    expect(await untilReady(readinessOf(address, '/up'), 1, () => true)).toBe('/up was answered with status 503')
    status = 302
    expect(await untilReady(readinessOf(address, '/up'), 60_000, () => false)).toBeNull()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
    expect(await readinessOf(address, '/up')()).toContain('ECONNREFUSED')
  })
})

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readMachineLimits } from './machine-limits.js'

const roots: string[] = []
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true })
})

const MACHINE = {
  'proc/meminfo': 'MemTotal: 8000000 kB\nMemAvailable:    4000000 kB\n',
  'proc/self/limits': 'Limit Soft Hard Units\nMax open files            1024                 20000                files\n',
  'proc/sys/fs/nr_open': '1048576\n',
  'proc/sys/fs/file-nr': '500\t0\t90000\n',
  'proc/sys/net/ipv4/ip_local_port_range': '32768\t60999\n',
  'proc/sys/kernel/threads-max': '30000\n',
  'proc/loadavg': '0.60 0.79 0.72 1/89 26757\n',
}

/** What a machine with these files in `/proc` and `/sys` allows. */
function limitsOf(files: Record<string, string>): ReturnType<typeof readMachineLimits> {
  const root = mkdtempSync(join(tmpdir(), 'feedbench-limits-'))
  roots.push(root)
  for (const [path, text] of Object.entries({ ...MACHINE, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return readMachineLimits(root)
}

describe('the limits of a machine', () => {
  it('are what the kernel says', () => {
    expect(limitsOf({})).toEqual({
      descriptorsPerProcess: 20_000,
      descriptorsFree: 89_500,
      portsPerAddress: 28_232,
      memoryFreeBytes: 4_096_000_000,
      memoryLimitedBy: 'machine',
      threadsFree: 29_911,
    })
  })

  it('are no more descriptors than the kernel gives to any process', () => {
    expect(limitsOf({ 'proc/sys/fs/nr_open': '4096\n' }).descriptorsPerProcess).toBe(4_096)
  })

  it('are this system’s own where there is something to read', () => {
    const { descriptorsPerProcess, portsPerAddress, memoryFreeBytes } = readMachineLimits()
    for (const figure of [descriptorsPerProcess, portsPerAddress, memoryFreeBytes]) expect(figure).toBeGreaterThan(0)
  })
})

describe('the limits of a container', () => {
  it('are those of its group and of all above, with what files have in memory given back (version 2)', () => {
    const limits = limitsOf({
      'proc/self/cgroup': '0::/outer/inner\n',
      'sys/fs/cgroup/outer/memory.max': '1000000000\n',
      'sys/fs/cgroup/outer/memory.current': '700000000\n',
      'sys/fs/cgroup/outer/memory.stat': 'anon 1\nfile 7\ninactive_file 200000000\n',
      'sys/fs/cgroup/outer/inner/memory.max': 'max\n',
      'sys/fs/cgroup/outer/inner/memory.current': '1\n',
      'sys/fs/cgroup/outer/inner/pids.max': '100\n',
      'sys/fs/cgroup/outer/inner/pids.current': '40\n',
    })
    expect(limits).toMatchObject({ memoryFreeBytes: 500_000_000, memoryLimitedBy: 'control group', threadsFree: 60 })
  })

  it('are found at the mount where the path is the host’s (version 2 in a container)', () => {
    const limits = limitsOf({
      'proc/self/cgroup': '0::/docker/0123\n',
      'sys/fs/cgroup/memory.max': '300000000\n',
      'sys/fs/cgroup/memory.current': '100000000\n',
    })
    expect(limits).toMatchObject({ memoryFreeBytes: 200_000_000, memoryLimitedBy: 'control group' })
  })

  it('are read from the controllers’ own hierarchies (version 1), where a huge number is no limit', () => {
    const limits = limitsOf({
      'proc/self/cgroup': '8:pids:/a\n4:memory:/a\n1:name=systemd:/\n0::/\n',
      'sys/fs/cgroup/memory/a/memory.limit_in_bytes': '9223372036854771712\n',
      'sys/fs/cgroup/memory/a/memory.usage_in_bytes': '5\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '600000000\n',
      'sys/fs/cgroup/memory/memory.usage_in_bytes': '550000000\n',
      'sys/fs/cgroup/memory/memory.stat': 'inactive_file 1\ntotal_inactive_file 50000000\n',
      'sys/fs/cgroup/pids/a/pids.max': 'max\n',
    })
    expect(limits).toMatchObject({ memoryFreeBytes: 100_000_000, memoryLimitedBy: 'control group', threadsFree: 29_911 })
  })
})

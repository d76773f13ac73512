import { readFileSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'
import { descriptorLimitIn } from '../measure/descriptors.js'
import type { FleetDescription } from '../model/placement.js'

/** What the kernel allows, to a process, to the machine and to the container that this may be. */
type MachineLimits = Pick<
  FleetDescription,
  'descriptorsPerProcess' | 'descriptorsFree' | 'portsPerAddress' | 'memoryFreeBytes' | 'memoryLimitedBy' | 'threadsFree'
>

/** From `/proc` and `/sys` below `root`. What the system does not tell is no limit. */
export function readMachineLimits(root = '/'): MachineLimits {
  const text = (path: string) => readText(join(root, path))
  const groups = controlGroups(text)
  const machineBytes = availableBytes(text('proc/meminfo'))
  const groupBytes = least(groups.memory.map((group) => freeBytesOf(group, text)))
  const threads = [
    ...groups.pids.map((group) => freeOf(text(`${group}/pids.max`), text(`${group}/pids.current`))),
    threadsOf(text),
  ]
  const [threadsFree, descriptorsFree] = [least(threads), descriptorsFreeOf(text('proc/sys/fs/file-nr'))]
  const isGroup = groupBytes !== undefined && groupBytes < machineBytes
  return {
    descriptorsPerProcess: descriptorsPerProcess(text),
    portsPerAddress: portRange(text('proc/sys/net/ipv4/ip_local_port_range')),
    memoryFreeBytes: isGroup ? groupBytes : machineBytes,
    memoryLimitedBy: isGroup ? 'control group' : 'machine',
    ...(threadsFree === undefined ? {} : { threadsFree }),
    ...(descriptorsFree === undefined ? {} : { descriptorsFree }),
  }
}

type Read = (path: string) => string | undefined

/** The process's own limit, but never more than the kernel gives to any. */
function descriptorsPerProcess(text: Read): number {
  const own = descriptorLimitIn(text('proc/self/limits'))
  return Math.min(own, numberIn(text('proc/sys/fs/nr_open')) ?? own)
}

/** `file-nr`: in use, unused, and how many the whole machine may have. */
function descriptorsFreeOf(fileNr: string | undefined): number | undefined {
  const [used, , most] = fileNr?.trim().split(/\s+/).map(Number) ?? []
  return used === undefined || most === undefined ? undefined : Math.max(0, most - used)
}

function portRange(range: string | undefined): number {
  const [first, last] = range?.trim().split(/\s+/).map(Number) ?? []
  return first === undefined || last === undefined ? 16_384 : last - first + 1
}

/** All that run now are the second figure of loadavg's fourth: `1/210`. */
function threadsOf(text: Read): number | undefined {
  return freeOf(text('proc/sys/kernel/threads-max'), text('proc/loadavg')?.match(/\d+\/(\d+)/)?.[1])
}

function availableBytes(meminfo: string | undefined): number {
  const kibibytes = meminfo?.match(/^MemAvailable:\s+(\d+) kB$/m)?.[1]
  return kibibytes === undefined ? freemem() : Number(kibibytes) * 1_024
}

/** The groups that this process is in with all above them, as folders: each may have a limit of its own. Both versions of control groups. */
function controlGroups(text: Read): { memory: string[]; pids: string[] } {
  const groups: { memory: string[]; pids: string[] } = { memory: [], pids: [] }
  for (const line of text('proc/self/cgroup')?.trim().split('\n') ?? []) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    for (const controller of ['memory', 'pids'] as const) {
      if (controllers === '') groups[controller].push(...upwards('sys/fs/cgroup', path))
      else if (controllers.split(',').includes(controller))
        groups[controller].push(...upwards(`sys/fs/cgroup/${controllers}`, path))
    }
  }
  return groups
}

function upwards(mount: string, path: string): string[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '..')
  return Array.from({ length: names.length + 1 }, (_, index) => [mount, ...names.slice(0, names.length - index)].join('/'))
}

/** What files have in memory counts as used, but is given back when somebody needs it. */
function freeBytesOf(group: string, text: Read): number | undefined {
  const free = freeOf(
    text(`${group}/memory.max`) ?? text(`${group}/memory.limit_in_bytes`),
    text(`${group}/memory.current`) ?? text(`${group}/memory.usage_in_bytes`),
  )
  const stat = text(`${group}/memory.stat`)
  // Version 1 has the figure with all groups below it, as the others are, under a name of its own.
  const inactive = (stat?.match(/^total_inactive_file (\d+)$/m) ?? stat?.match(/^inactive_file (\d+)$/m))?.[1]
  return free === undefined ? undefined : free + Number(inactive ?? 0)
}

/** `max`, or nothing at all, is no limit. */
function freeOf(most: string | undefined, used: string | undefined): number | undefined {
  const limit = numberIn(most)
  return limit === undefined ? undefined : Math.max(0, limit - (numberIn(used) ?? 0))
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+\s*$/.test(text) ? Number(text) : undefined
}

function least(figures: readonly (number | undefined)[]): number | undefined {
  const known = figures.filter((figure) => figure !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

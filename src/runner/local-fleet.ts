import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, freemem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../measure/clock.js'
import { hostClockDomain } from '../measure/clock-domain.js'
import { descriptorLimit } from '../measure/descriptors.js'
import type { FleetDescription } from '../model/placement.js'
import type { Json, RoleName } from '../model/role.js'
import type { Fleet, LaunchOptions, Member } from './fleet.js'
import { LocalMember } from './local-member.js'

/** The bin, which is also what members run; the argument tells it so. */
const MAIN = fileURLToPath(new URL('../main.js', import.meta.url))
const MEMBER_ARGUMENT = '--member'

const LAUNCH_DEADLINE_MS = 20_000
/** How many addresses of loopback clients may come from. */
const LOOPBACK_ADDRESSES = 64

/** Child processes of the command on this machine. */
export class LocalFleet implements Fleet {
  readonly #members = new Set<LocalMember>()

  async describe(): Promise<FleetDescription> {
    return {
      kind: 'local',
      cores: allowedCores(),
      descriptorsPerProcess: descriptorLimit(),
      portsPerAddress: portRange(),
      addresses: loopbackAddresses(),
      memoryFreeBytes: availableMemory(),
      canPin: hasTaskset(),
      clock: hostClockDomain(),
    }
  }

  async launch(role: RoleName, spec: Json, options: LaunchOptions): Promise<Member> {
    // The server's resident memory is read after a collection, or it would say more about the collector than about connections.
    const member = new LocalMember(options.title, start(options.cores, role === 'server' ? ['--expose-gc'] : []))
    this.#members.add(member)
    void member.exited.then(() => this.#members.delete(member))
    await member.launch(role, spec, options.lifetimeMs, LAUNCH_DEADLINE_MS).catch(async (error: unknown) => {
      await member.kill()
      throw error
    })
    return member
  }

  async barrier(name: string, atUs: number): Promise<void> {
    await Promise.all([...this.#members].map((member) => member.barrier(name, atUs, systemClock.nowUs())))
  }

  async abort(): Promise<void> {
    await Promise.all([...this.#members].map((member) => member.kill()))
  }
}

function start(cores: readonly number[] | null, nodeOptions: string[]): ChildProcess {
  const stdio: ['ignore', 'ignore', 'pipe', 'ipc'] = ['ignore', 'ignore', 'pipe', 'ipc']
  if (cores === null) return fork(MAIN, [MEMBER_ARGUMENT], { execArgv: nodeOptions, stdio })
  // Through taskset, so that every thread of the process is pinned, from its first instruction.
  return spawn('taskset', ['-c', cores.join(','), process.execPath, ...nodeOptions, MAIN, MEMBER_ARGUMENT], { stdio })
}

function hasTaskset(): boolean {
  if (process.platform !== 'linux' || allowedCores().length < 2) return false
  return spawnSync('taskset', ['-p', String(process.pid)], { stdio: 'ignore', timeout: 2_000 }).status === 0
}

/** The cores that this process may use: a container or taskset may allow fewer than there are. */
function allowedCores(): number[] {
  const list = readText('/proc/self/status')?.match(/^Cpus_allowed_list:\s*(\S+)$/m)?.[1]
  if (list === undefined) return Array.from({ length: availableParallelism() }, (_, core) => core)
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
}

function portRange(): number {
  const [first, last] = readText('/proc/sys/net/ipv4/ip_local_port_range')?.trim().split(/\s+/).map(Number) ?? []
  return first === undefined || last === undefined ? 16_384 : last - first + 1
}

/** Linux answers on all of 127/8; elsewhere only the first is there. */
function loopbackAddresses(): string[] {
  if (process.platform !== 'linux') return ['127.0.0.1']
  return Array.from({ length: LOOPBACK_ADDRESSES }, (_, index) => `127.0.0.${index + 1}`)
}

function availableMemory(): number {
  const kibibytes = readText('/proc/meminfo')?.match(/^MemAvailable:\s+(\d+) kB$/m)?.[1]
  return kibibytes === undefined ? freemem() : Number(kibibytes) * 1_024
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

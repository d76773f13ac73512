import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../measure/clock.js'
import { hostClockDomain } from '../measure/clock-domain.js'
import type { PlannedNetwork } from '../model/network.js'
import type { FleetDescription } from '../model/placement.js'
import type { Json, RoleName } from '../model/role.js'
import { DIE_WITH_PARENT, works } from '../target/die-with-parent.js'
import type { Fleet, LaunchOptions, Link } from './fleet.js'
import { KernelLink } from './kernel-link.js'
import { LocalMember } from './local-member.js'
import { readMachineLimits } from './machine-limits.js'
import { netemAvailability } from './netem.js'
import { MEMBER_PROTOCOL } from './protocol.js'

/** The bin, which is also what members run; the argument tells it so. */
const MAIN = fileURLToPath(new URL('../main.js', import.meta.url))
const MEMBER_ARGUMENT = '--member'

const LAUNCH_DEADLINE_MS = 20_000
/**
 * A young generation of one size. V8 would grow it to this under load and shrink it when there is less to do, which moved a driver's resident memory
 * by a quarter up and down over ten minutes (node scripts/memory.mjs), and costs collections in between.
 */
const YOUNG_GENERATION = ['--min-semi-space-size=16', '--max-semi-space-size=16']
/**
 * Else V8 collects everything eight seconds after the start, and later again, where little is allocated: server and driver stood still for up to 33 ms at a time, always as long after they had started,
 * which is the window of one transport and the drain of another (docs/decisions/0018).
 */
const NO_COLLECTION_BY_TIME = '--no-memory-reducer'
/** Members collect before they measure (measure/garbage.ts), so that what they were built from is not in the way of the first collection of a window. */
const MAY_COLLECT = '--expose-gc'
/** How many addresses of loopback clients may come from. */
const LOOPBACK_ADDRESSES = 64

/** A guard ends what it guards in milliseconds, unless it is suspended. */
const GUARD_GRACE_MS = 2_000

/** Child processes of the command on this machine. */
export class LocalFleet implements Fleet {
  readonly #members = new Set<LocalMember>()
  /** Of servers of the user's own. One that is killed can end nothing any more, and what has only just been started has not been told to end with it. */
  readonly #guards = new WeakSet<LocalMember>()
  readonly #links = new Map<string, KernelLink>()
  #opened = 0

  async describe({ netem } = { netem: false }): Promise<FleetDescription> {
    return {
      kind: 'local',
      cores: allowedCores(),
      ...readMachineLimits(),
      addresses: loopbackAddresses(),
      canPin: hasTaskset(),
      clock: hostClockDomain(),
      ...(netem ? { netem: netemAvailability() } : {}),
    }
  }

  async openLink(network: PlannedNetwork): Promise<Link> {
    const link = await KernelLink.open(network)
    const id = `netem ${++this.#opened}`
    this.#links.set(id, link)
    const close = async () => {
      this.#links.delete(id)
      await link.close()
    }
    return { id, close }
  }

  async launch(role: RoleName, spec: Json, options: LaunchOptions): Promise<LocalMember> {
    const nodeOptions = [...YOUNG_GENERATION, NO_COLLECTION_BY_TIME, MAY_COLLECT]
    // A member notices by itself too when the runner is gone, but not while it is suspended or busy. Who guards a server of the user's must live to end it.
    const dieWithParent = role === 'target' ? [] : DIE_WITH_PARENT.words
    const child = start(options, nodeOptions, [...this.#wordsInto(options.link), ...dieWithParent])
    // The others would wait for what no longer comes: clients for a server, say, until their time is over.
    const member = new LocalMember(options.title, child, (error) => {
      for (const other of this.#members) if (other !== member) other.giveUp(error)
    })
    this.#members.add(member)
    void member.exited.then(() => this.#members.delete(member))
    if (role === 'target') {
      this.#guards.add(member)
      endGroupWith(member)
    }
    const protocol = options.program === undefined ? null : MEMBER_PROTOCOL
    await member
      .launch(role, spec, { lifetimeMs: options.lifetimeMs, protocol }, LAUNCH_DEADLINE_MS)
      .catch(async (error: unknown) => {
        await member.kill()
        throw error
      })
    return member
  }

  async barrier(name: string, atUs: number): Promise<void> {
    await Promise.all([...this.#members].map((member) => member.barrier(name, atUs, systemClock.nowUs())))
  }

  async abort(): Promise<void> {
    await Promise.all([...this.#members].map((member) => member.kill(this.#guards.has(member) ? GUARD_GRACE_MS : 0)))
  }

  #wordsInto(id: string | undefined): string[] {
    if (id === undefined) return []
    const link = this.#links.get(id)
    if (link === undefined) throw new Error(`there is no link ${id}`)
    return link.words
  }
}

/** `before`: what starts it, such as in a network of its own. */
function start({ cores, program = MAIN }: LaunchOptions, nodeOptions: string[], before: readonly string[]): ChildProcess {
  const stdio: ['ignore', 'ignore', 'pipe', 'ipc'] = ['ignore', 'ignore', 'pipe', 'ipc']
  // A process group of its own: Ctrl-C and a terminal that is closed are told to the runner alone, which then ends its members.
  const options = { stdio, detached: process.platform !== 'win32', windowsHide: true }
  // Through taskset, so that every thread of the process is pinned, from its first instruction.
  const pinned = cores === null ? [] : ['taskset', '-c', cores.join(',')]
  const [command = process.execPath, ...words] = [...pinned, ...before, process.execPath]
  return spawn(command, [...words, ...nodeOptions, program, MEMBER_ARGUMENT], options)
}

/** Whatever ends the guard of a server of the user's ends what it guards: a guard that is killed cannot. */
function endGroupWith(guard: LocalMember): void {
  let group: number | null = null
  guard.onEvent((event, data) => {
    if (event === 'group') group = (data as { pid: number | null }).pid
  })
  void guard.exited.then(() => {
    try {
      if (group !== null) process.kill(-group, 'SIGKILL')
    } catch {
      // Nothing was left.
    }
  })
}

function hasTaskset(): boolean {
  if (process.platform !== 'linux' || allowedCores().length < 2) return false
  return works('taskset', '-p', String(process.pid))
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

/** Linux answers on all of 127/8; elsewhere only the first is there. */
function loopbackAddresses(): string[] {
  if (process.platform !== 'linux') return ['127.0.0.1']
  return Array.from({ length: LOOPBACK_ADDRESSES }, (_, index) => `127.0.0.${index + 1}`)
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

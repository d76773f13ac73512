import type { PlannedNetwork } from '../model/network.js'
import type { FleetDescription } from '../model/placement.js'
import type { Json, RoleName } from '../model/role.js'

/**
 * Where the parts of a trial run: child processes here, machines behind a message bus later.
 * All that crosses is JSON, in parts of at most 1 MiB; no handles, no functions.
 */
export interface Fleet {
  /** What it can offer, before anything is planned; `netem`: also whether the kernel emulates links, which has to be tried. */
  describe(wishes?: { netem: boolean }): Promise<FleetDescription>
  /** A link of the kernel's, in which members can be launched. Rejects with `E_NETEM` where there is none. */
  openLink(network: PlannedNetwork): Promise<Link>
  /** Resolves when the role is ready to be asked. */
  launch(role: RoleName, spec: Json, options: LaunchOptions): Promise<Member>
  /** Has every member do what it does at this moment of the clock, and resolves when the last has. */
  barrier(name: string, atUs: number): Promise<void>
  /** Ends all members at once, whatever they do. */
  abort(): Promise<void>
}

export interface LaunchOptions {
  /** As in `feedbench driver 1`. */
  title: string
  /** Cores to be pinned to; `null`: none. */
  cores: readonly number[] | null
  /** Of the link that it is to be in. Absent: in none. */
  link?: string
  /** A member ends by itself after this, whatever happens to the runner. */
  lifetimeMs: number
  /** The bin of another feedbench that is to take the role; absent: this one. */
  program?: string
}

export interface Link {
  id: string
  /** When its members are gone. Never rejects. */
  close(): Promise<void>
}

export interface Member {
  readonly title: string
  /** Where it is a process of this machine. */
  readonly pid?: number | undefined
  /**
   * Rejects with `E_MEMBER_DIED`, `E_MEMBER_TIMEOUT`, `E_MEMBER_FAILED`, or the problems that the member reported; at once with those of any
   * other member of the fleet that breaks, since a trial needs all of them.
   */
  request(method: string, params: Json, deadlineMs: number): Promise<Json>
  /** Calls back for each event that the member emits. */
  onEvent(listener: (event: string, data: Json) => void): void
  /** Processor time that it has used so far, in microseconds, without asking it: nothing may disturb it. `null` where the system does not tell. */
  cpuUs(): number | null
  /** Ends the member, by force when the deadline is over. Never rejects. */
  stop(deadlineMs: number): Promise<void>
}

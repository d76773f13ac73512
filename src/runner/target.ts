import type { TargetSpec } from '../model/member.js'
import type { Json } from '../model/role.js'
import type { PlannedTarget } from '../model/target.js'
import { treePids } from '../target/process-tree.js'
import { STOP_DEADLINE_MS } from './deadlines.js'
import { expandTarget } from './environment-values.js'
import type { Fleet, Member } from './fleet.js'

/** Beyond the time that a server may take to get ready. */
const PATIENCE_MS = 10_000

export interface StartTargetOptions {
  fleet: Fleet
  /** Of the member that guards it. */
  title?: string
  /** Cores for it to be pinned to; `null`: none. */
  cores: readonly number[] | null
  /** It is ended after this, whatever happens. */
  lifetimeMs: number
  /** Where what it writes is kept; `null`: nowhere. */
  logFile: string | null
}

export interface RunningTarget {
  /** Takes part in the barriers of the fleet, and hands in a `ServerShard` when asked to `collect`. */
  member: Member
  address: { host: string; port: number }
  /** Of the process that guards it and all that it has started so far, workers that came late among them; of one that ran already the guard alone. */
  pids(): number[]
  /** What its processes have used since they began; `null` where that is not known. */
  usage(): Promise<TargetUsage | null>
  /** Ends it politely, then by force; one that ran already is left alone. Never rejects. */
  stop(): Promise<void>
}

export interface TargetUsage {
  /** When that was, of the monotonic clock. */
  atUs: number
  pids: number[]
  cpuUs: number
  rssBytes: number
}

/**
 * Starts a server under test, or finds it where it runs already, and resolves when it is ready. Two may be up at once.
 * @throws FeedbenchError E_TARGET_NOT_READY; E_VALUE where a variable of the environment is missing
 */
export async function startTarget(planned: PlannedTarget, options: StartTargetOptions): Promise<RunningTarget> {
  const { fleet, title = 'feedbench target', cores, lifetimeMs, logFile } = options
  const spec: TargetSpec = { target: expandTarget(planned), logFile }
  const member = await fleet.launch('target', spec as unknown as Json, { title, cores, lifetimeMs })
  try {
    const answer = await member.request('listen', null, planned.ready.timeoutUs / 1e3 + PATIENCE_MS)
    const { host, port } = answer as unknown as { host: string; port: number }
    return {
      member,
      address: { host, port },
      pids: () => (member.pid === undefined ? [] : treePids(member.pid)),
      usage: async () => (await member.request('usage', null, PATIENCE_MS)) as unknown as TargetUsage | null,
      stop: () => member.stop(STOP_DEADLINE_MS),
    }
  } catch (error) {
    await member.stop(STOP_DEADLINE_MS)
    throw error
  }
}

import type { Side } from '../model/gate.js'
import type { FeedTimes, ServerSpec } from '../model/member.js'
import type { FeedSlice, PlannedTrial, TraceContent } from '../model/plan.js'
import type { Json } from '../model/role.js'
import type { ServerShard } from '../model/shard.js'
import type { Fleet } from '../runner/fleet.js'

/** What a side's server handed in. */
export interface SideAccount {
  /** Of the messages of its slices. */
  published: number
  /** From the start of the first slice to the end of the last, of either side; `null` where nobody could tell. */
  cpuUs: number | null
  /** Lateness of a publisher that has a process of its own, HDR V2, base64; `null` where the server itself publishes, whose lateness is its own. */
  publishDelayUs: string | null
}

/** A server under test, from its start to its account. */
export interface SideServer {
  readonly host: string
  readonly port: number
  /** Its processes, to tell what they use from what others do. */
  readonly pids: readonly number[]
  publish(times: FeedTimes): Promise<void>
  collect(): Promise<SideAccount>
  stop(): Promise<void>
}

export interface SideLaunch {
  side: Side
  planned: PlannedTrial
  /** In which its feed runs. */
  turns: FeedSlice[]
  trace: TraceContent | null
  host: string
  fleet: Fleet
  lifetimeMs: number
}

/** Starts the server of a side; fresh processes each time. */
export type LaunchSide = (launch: SideLaunch) => Promise<SideServer>

const ANSWER_DEADLINE_MS = 30_000
const STOP_DEADLINE_MS = 5_000

/** A side whose server is a feedbench: this one, or the one whose bin `program` is. */
export function feedbenchSide(program: string | undefined): LaunchSide {
  return async ({ side, planned, turns, trace, host, fleet, lifetimeMs }) => {
    const { module, options, feed, placement } = planned
    const spec: ServerSpec = { transport: { module, options }, feed: { ...feed, slices: turns }, trace, host, port: 0 }
    const server = await fleet.launch('server', spec as unknown as Json, {
      title: `feedbench server (${side})`,
      cores: placement.server.cores,
      lifetimeMs,
      ...(program === undefined ? {} : { program }),
    })
    const { port } = (await server.request('listen', null, ANSWER_DEADLINE_MS)) as { port: number }
    return {
      host,
      port,
      pids: server.pid === undefined ? [] : [server.pid],
      async publish(times) {
        await server.request('publish', times as unknown as Json, ANSWER_DEADLINE_MS)
      },
      async collect() {
        const shard = (await server.request('collect', null, ANSWER_DEADLINE_MS)) as unknown as ServerShard
        const { published, usage, metronomeCpuUs } = shard
        return {
          published,
          cpuUs: usage.cpuUserUs + usage.cpuSystemUs - (metronomeCpuUs ?? 0),
          publishDelayUs: null,
        }
      },
      stop: () => server.stop(STOP_DEADLINE_MS),
    }
  }
}

import type { Side } from '../model/gate.js'
import type { FeedTimes, ServerSpec } from '../model/member.js'
import type { FeedSlice, PlannedTrial, TraceContent } from '../model/plan.js'
import type { Json } from '../model/role.js'
import type { PublisherShard, ServerShard, ServerUsage } from '../model/shard.js'
import type { TargetProcess } from '../model/target.js'
import type { Fleet, Member } from '../runner/fleet.js'
import { publisherSpec } from '../runner/specs.js'
import { startTarget } from '../runner/target.js'

/** What a side's server handed in. */
export interface SideAccount {
  /** Of the messages of its slices. */
  published: number
  /** From the start of the first slice to the end of the last, of either side; `null` where nobody could tell. */
  cpuUs: number | null
  /**
   * By slice the lateness of a publisher that has a process of its own, HDR V2, base64, but for what waited for the server to take it: that is the server's, as all lateness is
   * where it publishes by itself (`null`).
   */
  ownDelaysUs: string[] | null
  /** What became of the messages of that publisher, and how busy its event loop was in each slice, 0 to 1; `null` where the server publishes by itself. */
  posts: { unconfirmed: number; utilizations: (number | null)[] } | null
}

/** A server under test, from its start to its account. */
export interface SideServer {
  readonly host: string
  readonly port: number
  /** Its processes at the moment, to tell what they use from what others do. */
  pids(): readonly number[]
  /** Leaves behind what its start and its clients' connects were. */
  settle(): Promise<void>
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
    const { module, options, feed, codec, placement } = planned
    const spec: ServerSpec = { transport: { module, options }, feed: { ...feed, slices: turns }, trace, codec, host, port: 0 }
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
      pids: () => pidOf(server),
      async settle() {
        // Collects garbage before it tells: a request that older servers know too.
        await server.request('settled-rss', null, ANSWER_DEADLINE_MS)
      },
      async publish(times) {
        await server.request('publish', times as unknown as Json, ANSWER_DEADLINE_MS)
      },
      async collect() {
        const shard = (await server.request('collect', null, ANSWER_DEADLINE_MS)) as unknown as ServerShard
        const { published, usage, metronomeCpuUs } = shard
        return {
          published,
          cpuUs: cpuOf(usage, metronomeCpuUs ?? 0),
          ownDelaysUs: null,
          posts: null,
        }
      },
      stop: () => server.stop(STOP_DEADLINE_MS),
    }
  }
}

/** A side whose server is the user's own, with what the side has of its own in place of the scenario's. */
export function targetSide(own: Partial<TargetProcess>): LaunchSide {
  return async ({ side, planned, turns, trace, host, fleet, lifetimeMs }) => {
    const { target, placement, feed } = planned
    if (target?.process == null) throw new Error('a side of a gate without a command to start it')
    const changed = { ...target, process: { ...target.process, ...own } }
    const title = `feedbench target (${side})`
    const running = await startTarget(changed, { fleet, title, cores: placement.server.cores, lifetimeMs, logFile: null })
    try {
      const spec = publisherSpec(
        { ...planned, target: changed, feed: { ...feed, slices: turns } },
        { host, trace },
        running.address,
      )
      const publisher = await fleet.launch('publisher', spec as unknown as Json, {
        title: `feedbench publisher (${side})`,
        cores: null,
        lifetimeMs,
      })
      return {
        ...running.address,
        pids: () => [...running.pids(), ...pidOf(publisher)],
        // What it does with its memory is its own affair.
        settle: async () => {},
        async publish(times) {
          await publisher.request('publish', times as unknown as Json, ANSWER_DEADLINE_MS)
        },
        async collect() {
          const shard = (await publisher.request('collect', null, ANSWER_DEADLINE_MS)) as unknown as PublisherShard
          const { published, ownDelaysUs = [], ownUtilizations = [], posts } = shard
          const { usage } = (await running.member.request('collect', null, ANSWER_DEADLINE_MS)) as unknown as ServerShard
          return {
            published,
            cpuUs: cpuOf(usage, 0),
            ownDelaysUs,
            posts: { unconfirmed: posts?.unconfirmed ?? 0, utilizations: ownUtilizations },
          }
        },
        async stop() {
          await Promise.all([running.stop(), publisher.stop(STOP_DEADLINE_MS)])
        },
      }
    } catch (error) {
      await running.stop()
      throw error
    }
  }
}

function cpuOf({ cpuUserUs, cpuSystemUs }: ServerUsage, notItsOwnUs: number): number | null {
  return cpuUserUs === null || cpuSystemUs === null ? null : cpuUserUs + cpuSystemUs - notItsOwnUs
}

function pidOf({ pid }: Member): number[] {
  return pid === undefined ? [] : [pid]
}

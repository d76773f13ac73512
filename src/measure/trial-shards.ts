import type { PlannedTrial } from '../model/plan.js'
import type { DriverShard, LinkProbeShard, RelayShard, ServerShard } from '../model/shard.js'
import type { TrialWindow } from '../model/trial.js'
import type { MachineReading } from './machine.js'

/** All that was measured in a trial, by whoever measured it. */
export interface TrialShards {
  planned: PlannedTrial
  windows: TrialWindow[]
  /** Intended times in the windows, counted by the runner from the plan. */
  scheduled: number
  server: ServerShard
  drivers: DriverShard[]
  relays: RelayShard[]
  /** `null` where the link is not the kernel's. */
  linkProbe: LinkProbeShard | null
  /** Resident bytes of the server before connecting, and connected without a feed. */
  settledRss: { beforeBytes: number; connectedBytes: number; connections: number }
  machine: { start: MachineReading; end: MachineReading; runnerCpuUs: number }
  startedAt: string
}

import { SIDES } from '../model/pair.js'
import type { LabelFigures, PairFigures } from './evidence.js'
import { GATE_LIMITS } from './limits.js'

/** Why a pair of slices does not count. */
export type DropCode =
  | 'CPU_OTHERS'
  | 'STEAL'
  | 'THROTTLED'
  | 'MACHINE_PAUSED'
  | 'DRIVER_FROZEN'
  | 'PUBLISH_LATE'
  | 'PUBLISHER_BUSY'
  | 'DRIVER_BUSY'
  | 'DRIVER_LAG'
  | 'TOO_LITTLE_DATA'
  | 'NEGATIVE_LATENCY'

type Around = Pick<LabelFigures, 'sliceUs' | 'publishIntervalUs' | 'latePublishShare'>

/** All that is wrong with a pair; a pair with which nothing is wrong counts. */
export function dropsOf({ slices, machine }: PairFigures, around: Around): DropCode[] {
  const { pair } = GATE_LIMITS
  const both = SIDES.map((side) => slices[side])
  const most = (figure: (slice: (typeof both)[number]) => number | null) =>
    Math.max(0, ...both.map((slice) => figure(slice) ?? 0))
  const latestUs = Math.max(pair.publishDelayUs, pair.publishDelayShare * around.publishIntervalUs)
  const tests: [DropCode, boolean][] = [
    ['CPU_OTHERS', (machine?.cpuOthersShare ?? 0) > pair.cpuOthersShare],
    ['STEAL', (machine?.stealShare ?? 0) > pair.stealShare],
    ['THROTTLED', (machine?.throttled ?? 0) > 0],
    ['MACHINE_PAUSED', (machine?.pauseUs ?? 0) > pair.pauseUs],
    ['DRIVER_FROZEN', most(({ frozenUs }) => frozenUs) > pair.frozenShare * around.sliceUs],
    // A server that publishes by itself is late by its own fault, and its latency says so.
    ['PUBLISH_LATE', around.latePublishShare !== null && most(({ publishDelayP99Us }) => publishDelayP99Us) > latestUs],
    ['PUBLISHER_BUSY', most(({ publisherUtilization }) => publisherUtilization) > pair.publisherUtilization],
    ['DRIVER_BUSY', most(({ utilization }) => utilization) > pair.driverUtilization],
    ['DRIVER_LAG', both.some(({ lagP90Us, p90 }) => (lagP90Us ?? 0) > Math.max(pair.lagFloorUs, pair.lagShare * (p90 ?? 0)))],
    // That nothing came from one side is its loss, which the ledger has to judge: a round of such slices that did not count would be measured again.
    ['TOO_LITTLE_DATA', both.some(({ publishes }) => publishes < pair.leastPublishes) || both.every(({ p50 }) => p50 === null)],
    ['NEGATIVE_LATENCY', most(({ negatives }) => negatives) > 0],
  ]
  return tests.flatMap(([code, isWrong]) => (isWrong ? [code] : []))
}

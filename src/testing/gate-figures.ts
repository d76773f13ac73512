import type { LabelFigures, PairFigures, SideLedger, SliceFigures } from '../gate/evidence.js'
import type { MachineInterval } from '../gate/machine-watch.js'
import type { Side } from '../model/gate.js'

/** What a label's part of a round looks like when all went well, and any part of it replaced. */

export const CALM: MachineInterval = {
  cpuOthersShare: 0.02,
  stealShare: 0,
  throttled: 0,
  throttlingPeriods: 5,
  pauseUs: 0,
  wallClockDriftUs: 3,
}

function buildSlice(side: Side, parts: Partial<SliceFigures> = {}): SliceFigures {
  return {
    side,
    publishes: 14,
    p50: 400,
    p90: 600,
    p99: 1_000,
    lagP90Us: 90,
    publishDelayP99Us: 350,
    publisherUtilization: null,
    negatives: 0,
    utilization: 0.03,
    frozenUs: 0,
    ...parts,
  }
}

export function buildPair(
  parts: { baseline?: Partial<SliceFigures>; candidate?: Partial<SliceFigures>; machine?: Partial<MachineInterval> } = {},
): PairFigures {
  return {
    slices: { baseline: buildSlice('baseline', parts.baseline), candidate: buildSlice('candidate', parts.candidate) },
    machine: { ...CALM, ...parts.machine },
  }
}

export function buildSideLedger(parts: Partial<SideLedger> = {}): SideLedger {
  return {
    scheduled: 300,
    published: 300,
    unconfirmed: 0,
    expected: 6_000,
    delivered: 6_000,
    missing: 0,
    superseded: 0,
    duplicates: 0,
    reordered: 0,
    overflowed: 0,
    ...parts,
  }
}

export function buildLabel(parts: Partial<LabelFigures> = {}): LabelFigures {
  const totals = { bytes: 1_224_000, cpuUs: 180_000, deliveries: 6_000 }
  return {
    label: 'sse',
    pairs: Array.from({ length: 20 }, () => buildPair()),
    machine: CALM,
    clients: 20,
    sliceUs: 250e3,
    publishIntervalUs: 1e6 / 60,
    utilization: 0.03,
    lagP90Us: 90,
    timeP90Us: 600,
    latePublishShare: null,
    publisherUtilization: null,
    ledgers: { baseline: buildSideLedger(), candidate: buildSideLedger() },
    totals: { baseline: totals, candidate: totals },
    exhausted: 0,
    foreign: 0,
    lastError: null,
    ...parts,
  }
}

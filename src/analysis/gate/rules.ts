import type { GateRules } from '../../model/gate.js'

/**
 * What a gate decides by unless the scenario says otherwise. Simulated with 4 transports of 3 metrics each (scripts/gate-simulation.mjs):
 * identical sides fail in less than 1 % of gates, and a p50 that is 10 % worse on one transport is found in more than 95 %.
 */
export const DEFAULT_GATE_RULES: GateRules = {
  margins: {
    'latencyUs.p50': 0.05,
    'latencyUs.p90': 0.05,
    'latencyUs.windowedP99': 0.1,
    'bytes.perMessage': 0.01,
    'server.cpuUsPerMessage': null,
  },
  identicalBytesMargin: 0.005,
  looks: [6, 12, 20],
  alphas: [0.002, 0.006, 0.002],
  passAlpha: 0.05,
  mostReplacedShare: 0.25,
}

/** Of all rounds of the rules, how many may be invalid and measured again. */
export function mostReplaced({ looks, mostReplacedShare }: GateRules): number {
  return Math.floor((looks.at(-1) ?? 0) * mostReplacedShare)
}

import type { Limit, TransportCapacity, TransportFigures } from '../model/diagnosis.js'
import { type ErrorCode, FeedbenchError } from '../model/errors.js'
import type { FleetDescription } from '../model/placement.js'
import { placeTrial } from '../runner/placement.js'

/** What is left to feedbench of a core that a server or driver has for itself: beyond it queues grow long before the core is full. */
export const UTILIZATION = 0.7
/** At which clients are counted. */
export const RATE_PER_SEC = 1
/** A scenario has no more. */
const MOST_CLIENTS = 1_000_000

const REFUSALS: readonly [ErrorCode, Limit['name']][] = [
  ['E_LIMIT_DESCRIPTORS', 'descriptors'],
  ['E_LIMIT_PORTS', 'ports'],
  ['E_LIMIT_MEMORY', 'memory'],
  ['E_LIMIT_THREADS', 'threads'],
]

/** What `run` will refuse on this machine, found by asking the placement itself, so that the two cannot disagree. */
export function refusalLimits(fleet: FleetDescription): Limit[] {
  const limits = REFUSALS.map(
    ([code, name]): Limit => ({
      name,
      most: most((clients) => !refusedFor(clients, fleet).includes(code)),
      basis: 'read',
    }),
  )
  const scenario: Limit = { name: 'scenario', most: MOST_CLIENTS, basis: 'read' }
  return inOrder([...limits.filter((limit) => limit.most < MOST_CLIENTS), scenario])
}

/** What a transport can carry here: what `run` refuses, and what the cost of its deliveries predicts. */
export function capacityOf(figures: TransportFigures, fleet: FleetDescription): TransportCapacity {
  const refusals = refusalLimits(fleet)
  const accepted = refusals[0]?.most ?? 0
  const deliveriesPerSec = inOrder(cpuLimits(figures.cost, driverCores(accepted, fleet), fleet.cores.length))
  const bytes = figures.cost.serverRssBytesPerClient
  const memory: Limit[] =
    bytes === null || bytes <= 0
      ? []
      : [{ name: 'server-memory', most: Math.floor(fleet.memoryFreeBytes / bytes), basis: 'predicted' }]
  const cpu = deliveriesPerSec.map((limit): Limit => ({ ...limit, most: Math.floor(limit.most / RATE_PER_SEC) }))
  return { transport: figures.transport, clients: inOrder([...refusals, ...memory, ...cpu]), deliveriesPerSec }
}

function cpuLimits(cost: TransportFigures['cost'], drivers: number, cores: number): Limit[] {
  const { serverCpuUsPerDelivery: server, driverCpuUsPerDelivery: driver } = cost
  if (server === null || driver === null || server <= 0 || driver <= 0) return []
  const perSec = (us: number) => Math.floor((UTILIZATION * 1e6) / us)
  if (cores < 2) return [{ name: 'shared-cpu', most: perSec(server + driver), basis: 'predicted' }]
  return [
    { name: 'server-cpu', most: perSec(server), basis: 'predicted' },
    { name: 'driver-cpu', most: perSec(driver / drivers), basis: 'predicted' },
  ]
}

/** Cores that the drivers of so many clients keep busy. */
function driverCores(clients: number, fleet: FleetDescription): number {
  if (clients < 1) return 1
  const { drivers } = placeTrial(clients, fleet, true).placement
  return Math.max(1, Math.min(drivers.length, fleet.cores.length - 1))
}

function refusedFor(clients: number, fleet: FleetDescription): ErrorCode[] {
  try {
    placeTrial(clients, fleet, true)
    return []
  } catch (error) {
    if (error instanceof FeedbenchError) return error.problems.map(({ code }) => code)
    throw error
  }
}

/** The most clients, 0 to a million, that are accepted, where all fewer are accepted too. */
function most(accepts: (clients: number) => boolean): number {
  let [low, high] = [0, MOST_CLIENTS + 1]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (accepts(middle)) low = middle
    else high = middle
  }
  return low
}

function inOrder(limits: readonly Limit[]): Limit[] {
  return [...limits].sort((a, b) => a.most - b.most)
}

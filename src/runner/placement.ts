import { FeedbenchError, type Problem } from '../model/errors.js'
import { type CpuPlacement, type FleetDescription, OWN_DESCRIPTORS, type Placement } from '../model/placement.js'

/** Of an address's ports, the share that is used: others, and connections that linger, need some. */
const USABLE_PORTS = 0.9
/** Beyond this many clients another driver is started, where there is a core for it. */
const CLIENTS_PER_DRIVER = 2_500
/** What server and driver need for a client together, and for themselves: measured, with room to spare. */
const BYTES_PER_CLIENT = 100 << 10
const OWN_BYTES = 300 << 20

/**
 * Where server and drivers run, and how many drivers there are. Pure: the same clients and fleet give the same placement.
 * Throws all limits that the clients would hit, with what to do, before the first socket opens.
 */
export function placeTrial(
  clients: number,
  fleet: FleetDescription,
  pin: boolean,
): { placement: Placement; cpuPlacement: CpuPlacement } {
  const addresses = addressesNeeded(clients, fleet)
  const problems = [...descriptorProblems(clients, fleet), ...portProblems(addresses, fleet), ...memoryProblems(clients, fleet)]
  if (problems.length > 0) throw new FeedbenchError(problems)

  const cpuPlacement = placeOnCores(fleet, pin)
  const [serverCore, ...driverCores] = fleet.cores
  const drivers = driversNeeded(clients, fleet)
  // One address is the kernel's to choose.
  const sourceAddresses = addresses > 1 ? fleet.addresses.slice(0, addresses) : []
  return {
    cpuPlacement,
    placement: {
      server: { cores: cpuPlacement.mode === 'pinned' ? [serverCore as number] : null },
      drivers: Array.from({ length: drivers }, (_, index) => ({
        cores: cpuPlacement.mode === 'pinned' ? [driverCores[index % driverCores.length] as number] : null,
        clients: Math.floor(clients / drivers) + (index < clients % drivers ? 1 : 0),
        sourceAddresses,
      })),
    },
  }
}

function placeOnCores({ cores, canPin }: FleetDescription, pin: boolean): CpuPlacement {
  if (!pin) return { mode: 'shared', reason: 'turned off by the scenario' }
  if (cores.length < 2) return { mode: 'shared', reason: 'there is only one core' }
  if (!canPin) return { mode: 'shared', reason: 'there is no taskset here' }
  return { mode: 'pinned', reason: null }
}

function driversNeeded(clients: number, { cores, descriptorsPerProcess }: FleetDescription): number {
  const forCores = Math.min(Math.max(1, cores.length - 1), Math.ceil(clients / CLIENTS_PER_DRIVER))
  const forDescriptors = Math.ceil(clients / Math.max(1, descriptorsPerProcess - OWN_DESCRIPTORS))
  return Math.max(1, forCores, forDescriptors)
}

function addressesNeeded(clients: number, { portsPerAddress }: FleetDescription): number {
  return Math.ceil(clients / Math.floor(portsPerAddress * USABLE_PORTS))
}

function descriptorProblems(clients: number, { descriptorsPerProcess }: FleetDescription): Problem[] {
  const needed = clients + OWN_DESCRIPTORS
  if (needed <= descriptorsPerProcess) return []
  return [
    {
      code: 'E_LIMIT_DESCRIPTORS',
      where: 'feedbench server',
      message: `expected to hold ${clients} connections, which need ${needed} file descriptors, but a process may open ${descriptorsPerProcess}`,
      hint: `raise the limit (ulimit -n ${needed}, as root or in limits.conf), or use at most ${descriptorsPerProcess - OWN_DESCRIPTORS} clients`,
    },
  ]
}

function portProblems(needed: number, { addresses, portsPerAddress }: FleetDescription): Problem[] {
  if (needed <= addresses.length) return []
  const most = Math.floor(addresses.length * Math.floor(portsPerAddress * USABLE_PORTS))
  return [
    {
      code: 'E_LIMIT_PORTS',
      where: 'feedbench driver',
      message: `expected ${needed} source addresses for so many clients, but there are ${addresses.length} with ${portsPerAddress} ports each`,
      hint: `widen net.ipv4.ip_local_port_range, or use at most ${most} clients`,
    },
  ]
}

function memoryProblems(clients: number, { memoryFreeBytes }: FleetDescription): Problem[] {
  const needed = clients * BYTES_PER_CLIENT + OWN_BYTES
  if (needed <= memoryFreeBytes) return []
  const most = Math.max(0, Math.floor((memoryFreeBytes - OWN_BYTES) / BYTES_PER_CLIENT))
  return [
    {
      code: 'E_LIMIT_MEMORY',
      where: 'this machine',
      message: `expected about ${Math.ceil(needed / 2 ** 20)} MiB of free memory for ${clients} clients, but there are ${Math.floor(memoryFreeBytes / 2 ** 20)} MiB`,
      hint: `end other programs, or use at most ${most} clients`,
    },
  ]
}

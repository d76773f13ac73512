import { FeedbenchError, type Problem } from '../model/errors.js'
import { type CpuPlacement, type FleetDescription, OWN_DESCRIPTORS, type Placement } from '../model/placement.js'

/** Of an address's ports, the share that is used: others, and connections that linger, need some. */
const USABLE_PORTS = 0.9
/** Beyond this many clients another driver is started, where there is a core for it. */
const CLIENTS_PER_DRIVER = 2_500
/** What server and driver need for a client together, and for themselves: measured, with room to spare. */
const BYTES_PER_CLIENT = 100 << 10
const OWN_BYTES = 300 << 20
/** A member has 11 or 12 threads. */
const THREADS_PER_MEMBER = 16

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
  const problems = [
    ...descriptorProblems(clients, fleet),
    ...machineDescriptorProblems(clients, fleet),
    ...portProblems(addresses, fleet),
    ...memoryProblems(clients, fleet),
    ...threadProblems(driversNeeded(clients, fleet), fleet),
  ]
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
      message: `expected to hold ${clients} connections in one process, which need ${needed} file descriptors, but a process may open ${descriptorsPerProcess}`,
      hint: `raise the limit (ulimit -n ${needed}, as root or in limits.conf)${orAtMost(descriptorsPerProcess - OWN_DESCRIPTORS)}`,
    },
  ]
}

/** Both ends of a connection are on this machine. */
function machineDescriptorProblems(clients: number, { descriptorsFree = Number.POSITIVE_INFINITY }: FleetDescription): Problem[] {
  const needed = 2 * clients + 3 * OWN_DESCRIPTORS
  if (needed <= descriptorsFree) return []
  const most = Math.floor((descriptorsFree - 3 * OWN_DESCRIPTORS) / 2)
  return [
    {
      code: 'E_LIMIT_DESCRIPTORS',
      where: 'this machine',
      message: `expected ${needed} file descriptors for both ends of ${clients} connections, but the machine has ${descriptorsFree} left`,
      hint: `raise fs.file-max (sysctl) or end other programs${orAtMost(most)}`,
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
      message: `expected ${needed} source addresses for so many clients, but there ${addresses.length === 1 ? 'is 1' : `are ${addresses.length}`} with ${portsPerAddress} ports each`,
      hint: `widen net.ipv4.ip_local_port_range${orAtMost(most)}`,
    },
  ]
}

function memoryProblems(clients: number, { memoryFreeBytes, memoryLimitedBy }: FleetDescription): Problem[] {
  const needed = clients * BYTES_PER_CLIENT + OWN_BYTES
  if (needed <= memoryFreeBytes) return []
  const most = Math.floor((memoryFreeBytes - OWN_BYTES) / BYTES_PER_CLIENT)
  return [
    {
      code: 'E_LIMIT_MEMORY',
      where: `this ${memoryLimitedBy ?? 'machine'}`,
      message: `expected about ${Math.ceil(needed / 2 ** 20)} MiB of free memory for ${clients} clients, but there are ${Math.floor(memoryFreeBytes / 2 ** 20)} MiB`,
      hint: `${memoryLimitedBy === 'control group' ? 'raise the memory limit of the container or service' : 'end other programs'}${orAtMost(most)}`,
    },
  ]
}

function threadProblems(drivers: number, { threadsFree = Number.POSITIVE_INFINITY }: FleetDescription): Problem[] {
  const members = drivers + 1
  const needed = members * THREADS_PER_MEMBER
  if (needed <= threadsFree) return []
  return [
    {
      code: 'E_LIMIT_THREADS',
      where: 'this machine',
      message: `expected to start ${members} processes with ${needed} threads, but ${threadsFree} more may be started`,
      hint: 'raise the limit (pids of the container or service, or kernel.threads-max), or end other programs',
    },
  ]
}

/** Nobody is told to measure with none. */
function orAtMost(clients: number): string {
  return clients < 1 ? '' : `, or use at most ${clients} clients`
}

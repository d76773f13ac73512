import { FeedbenchError, type Problem } from '../model/errors.js'
import { type CpuPlacement, type FleetDescription, OWN_DESCRIPTORS, type Placement } from '../model/placement.js'

/** Of an address's ports, the share that is used: others, and connections that linger, need some. */
const USABLE_PORTS = 0.9
/** Beyond this many clients another driver is started, where there is a core for it. */
const CLIENTS_PER_DRIVER = 2_500
/** What server and driver need for a client together, and for themselves: measured, with room to spare. */
const BYTES_PER_CLIENT = 100 << 10
const OWN_BYTES = 300 << 20
/** What a relay needs for a client: two sockets, and what lies between them. What all its connections may hold (allowance.ts) comes to its own. */
const RELAYED_BYTES_PER_CLIENT = 60 << 10
const RELAY_OWN_BYTES = 260 << 20
/** A member has 11 or 12 threads. */
const THREADS_PER_MEMBER = 16

/**
 * Where server and drivers run, and how many drivers there are. Pure: the same clients and fleet give the same placement.
 * `hasLink`: relays lie between, which hold two connections a client. Throws all limits that the clients would hit, with what to do, before the first socket opens.
 */
export function placeTrial(
  clients: number,
  fleet: FleetDescription,
  pin: boolean,
  hasLink = false,
): { placement: Placement; cpuPlacement: CpuPlacement } {
  const addresses = addressesNeeded(clients, fleet)
  // The relay takes a core of its own where there are three.
  const drivers = driversNeeded(clients, hasLink && fleet.cores.length > 2 ? { ...fleet, cores: fleet.cores.slice(1) } : fleet)
  const relays = hasLink ? relaysNeeded(clients, fleet) : 0
  const problems = [
    ...descriptorProblems(clients, fleet),
    ...machineDescriptorProblems(clients, relays, fleet),
    ...portProblems(addresses, hasLink, fleet),
    ...memoryProblems(clients, relays, fleet),
    ...threadProblems(drivers + relays, fleet),
  ]
  if (problems.length > 0) throw new FeedbenchError(problems)

  const cpuPlacement = placeOnCores(fleet, pin)
  const isPinned = cpuPlacement.mode === 'pinned'
  const [serverCore, ...others] = fleet.cores
  const { driverCores, relayCores } = dealCores(others, hasLink)
  // One address is the kernel's to choose.
  const sourceAddresses = addresses > 1 ? fleet.addresses.slice(0, addresses) : []
  return {
    cpuPlacement,
    placement: {
      server: { cores: isPinned ? [serverCore as number] : null },
      drivers: Array.from({ length: drivers }, (_, index) => ({
        cores: isPinned ? [driverCores[index % driverCores.length] as number] : null,
        clients: Math.floor(clients / drivers) + (index < clients % drivers ? 1 : 0),
        sourceAddresses,
      })),
      ...(hasLink
        ? {
            relays: Array.from({ length: relays }, (_, index) => ({
              cores: isPinned ? [relayCores[index % relayCores.length] ?? (serverCore as number)] : null,
              // Others than the drivers', whose ports are taken.
              sourceAddresses: sourceAddresses.length === 0 ? [] : fleet.addresses.slice(addresses, 2 * addresses),
            })),
          }
        : {}),
    },
  }
}

/** A relay has a core of its own from three on; with two it shares the server's, since what is late at the driver would be charged to the messages. */
function dealCores(
  others: readonly number[],
  hasLink: boolean,
): { driverCores: readonly number[]; relayCores: readonly number[] } {
  if (!hasLink || others.length < 2) return { driverCores: others, relayCores: [] }
  return { driverCores: others.slice(0, -1), relayCores: others.slice(-1) }
}

/** Each holds two connections a client. */
function relaysNeeded(clients: number, { descriptorsPerProcess }: FleetDescription): number {
  return Math.max(1, Math.ceil((2 * clients) / Math.max(2, descriptorsPerProcess - OWN_DESCRIPTORS)))
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

/** Both ends of a connection are on this machine, and with relays there are two connections a client. */
function machineDescriptorProblems(
  clients: number,
  relays: number,
  { descriptorsFree = Number.POSITIVE_INFINITY }: FleetDescription,
): Problem[] {
  const ends = relays > 0 ? 4 : 2
  const own = (3 + relays) * OWN_DESCRIPTORS
  const needed = ends * clients + own
  if (needed <= descriptorsFree) return []
  const most = Math.floor((descriptorsFree - own) / ends)
  return [
    {
      code: 'E_LIMIT_DESCRIPTORS',
      where: 'this machine',
      message: `expected ${needed} file descriptors for both ends of ${(ends / 2) * clients} connections, but the machine has ${descriptorsFree} left`,
      hint: `raise fs.file-max (sysctl) or end other programs${orAtMost(most)}`,
    },
  ]
}

/** Where several addresses are needed, a relay needs as many again towards the server. */
function portProblems(single: number, hasLink: boolean, { addresses, portsPerAddress }: FleetDescription): Problem[] {
  const isDouble = hasLink && single > 1
  const needed = isDouble ? 2 * single : single
  if (needed <= addresses.length) return []
  // One address suffices for both sides of a link: the kernel tells their ports apart by where they lead.
  const usable = hasLink && addresses.length > 1 ? Math.floor(addresses.length / 2) : addresses.length
  const most = usable * Math.floor(portsPerAddress * USABLE_PORTS)
  return [
    {
      code: 'E_LIMIT_PORTS',
      where: 'feedbench driver',
      message: `expected ${needed} source addresses for so many clients, but there ${addresses.length === 1 ? 'is 1' : `are ${addresses.length}`} with ${portsPerAddress} ports each`,
      hint: `widen net.ipv4.ip_local_port_range${orAtMost(most)}`,
    },
  ]
}

function memoryProblems(clients: number, relays: number, { memoryFreeBytes, memoryLimitedBy }: FleetDescription): Problem[] {
  const perClient = BYTES_PER_CLIENT + (relays > 0 ? RELAYED_BYTES_PER_CLIENT : 0)
  const own = OWN_BYTES + relays * RELAY_OWN_BYTES
  const needed = clients * perClient + own
  if (needed <= memoryFreeBytes) return []
  const most = Math.floor((memoryFreeBytes - own) / perClient)
  return [
    {
      code: 'E_LIMIT_MEMORY',
      where: `this ${memoryLimitedBy ?? 'machine'}`,
      message: `expected about ${Math.ceil(needed / 2 ** 20)} MiB of free memory for ${clients} clients, but there are ${Math.floor(memoryFreeBytes / 2 ** 20)} MiB`,
      hint: `${memoryLimitedBy === 'control group' ? 'raise the memory limit of the container or service' : 'end other programs'}${orAtMost(most)}`,
    },
  ]
}

/** `others`: all members but the server. */
function threadProblems(others: number, { threadsFree = Number.POSITIVE_INFINITY }: FleetDescription): Problem[] {
  const members = others + 1
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

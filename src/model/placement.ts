import type { NetemAvailability } from './network.js'

/** Descriptors that a process needs besides one for each client. */
export const OWN_DESCRIPTORS = 128

/** What a fleet can offer, asked before anything is planned. */
export interface FleetDescription {
  /** How the fleet calls itself: `local` for child processes of the command. */
  kind: string
  /** Numbers of the cores that its processes may use. */
  cores: number[]
  /** Descriptors that one process may have open. */
  descriptorsPerProcess: number
  /** Descriptors that the whole machine has left. Absent: no limit is known. */
  descriptorsFree?: number
  /** Source ports that one address offers towards one listening port. */
  portsPerAddress: number
  /** Source addresses that clients may use, such as several of loopback. */
  addresses: string[]
  memoryFreeBytes: number
  /** Whose limit `memoryFreeBytes` is: `control group` for that of a container or a service. Absent: the machine's. */
  memoryLimitedBy?: 'machine' | 'control group'
  /** Processes and threads that may still be started. Absent: no limit is known. */
  threadsFree?: number
  /** Whether processes can be pinned to cores. */
  canPin: boolean
  clock: ClockDomain
  /** Absent: nobody asked, since to ask may load a module into the kernel. */
  netem?: NetemAvailability
}

/** Two figures may be subtracted from each other where their domains are the same, or the offset between these is known. */
export interface ClockDomain {
  domain: string
  /** To be added to reach the runner's clock, in microseconds. */
  offsetUs: number
  /** Bound of the error of `offsetUs`, in microseconds. */
  errorUs: number
}

/** `pinned`: server and drivers have cores of their own; `shared`: they have not, and the reason says why. */
export interface CpuPlacement {
  mode: 'pinned' | 'shared'
  reason: string | null
}

/** Where the parts of one trial run. Clients are dealt to drivers round-robin: client i runs in driver i modulo their number. */
export interface Placement {
  server: { cores: number[] | null }
  drivers: { cores: number[] | null; clients: number; sourceAddresses: string[] }[]
  /** Processes between clients and server that emulate a link, which clients use in turn. Absent: there is no link. */
  relays?: { cores: number[] | null; sourceAddresses: string[] }[]
}

import type { CheckName, Diagnosis, Limit, Quantiles } from '../model/diagnosis.js'
import { formatCount, formatDuration, formatPercent, formatRatio, formatSetDuration, formatSize } from './quantity.js'

/** What each check is called where people read it. */
export const TITLES: Record<CheckName, string> = {
  descriptors: 'file descriptors',
  ports: 'source ports',
  memory: 'free memory',
  cores: 'cores',
  'cpu-others': 'other programs',
  steal: 'steal',
  clock: 'clock',
  'loop-timer': 'event-loop timers',
  'waiting-thread': 'waiting thread',
  'http-ceiling': 'HTTP requests',
  links: 'emulated links',
  trials: 'short trials',
}

/** What was measured or read, and what it means. */
export function answerOf(name: CheckName, { measured, capacity }: Diagnosis): string {
  const { fleet, cpuPlacement, clock, timers, others, httpCeiling, transports } = measured
  const limits = capacity[0]?.clients ?? []
  const unknown = transports.length === 0 ? 'not measured' : 'not told by this system'
  switch (name) {
    case 'descriptors':
      return `${formatCount(fleet.descriptorsPerProcess)} a process${upTo(limits, 'descriptors')}`
    case 'ports':
      return `${formatCount(fleet.portsPerAddress)} on ${addresses(fleet.addresses.length)}${upTo(limits, 'ports')}`
    case 'memory':
      return `${formatSize(fleet.memoryFreeBytes)}${upTo(limits, 'memory')}`
    case 'cores':
      return `${formatCount(fleet.cores.length)} allowed (${ranges(fleet.cores)}); server and drivers ${
        cpuPlacement.mode === 'pinned' ? 'are pinned to cores of their own' : 'share them'
      }`
    case 'cpu-others':
      return others.cpuOthersShare === null
        ? unknown
        : `used ${formatPercent(others.cpuOthersShare)} of the machine at most during a trial`
    case 'steal':
      return others.stealShare === null
        ? unknown
        : `the hypervisor took ${formatPercent(others.stealShare)} of the machine at most during a trial`
    case 'clock':
      return `steps of ${formatSetDuration(clock.resolutionUs)}, ${formatRatio(clock.readUs)} us a reading`
    case 'loop-timer':
      return `${lateness(timers.loopUs)}: by so much a poll is late`
    case 'waiting-thread':
      return `${lateness(timers.waitingThreadUs)}: by so much a message is published late, which its latency includes`
    case 'http-ceiling':
      return httpCeiling === null
        ? 'not measured'
        : `${formatCount(httpCeiling.requestsPerSec)}/s for /poll by autocannon over ${httpCeiling.connections} connections; the server was busy for ${formatPercent(httpCeiling.serverUtilization)}`
    case 'links':
      return `relay${fleet.netem?.isUsable ? ', and netem for loss of packets' : `; no netem: ${fleet.netem?.why ?? 'nobody asked for it'}`}`
    case 'trials':
      return verdicts(transports.flatMap(({ floor, cost }) => [floor.verdict, cost.verdict]))
  }
}

function upTo(limits: readonly Limit[], name: Limit['name']): string {
  const limit = limits.find((other) => other.name === name) ?? limits.find((other) => other.name === 'scenario')
  return limit === undefined ? '' : `: up to ${formatCount(limit.most)} clients`
}

function addresses(count: number): string {
  return count === 1 ? 'one loopback address' : `each of ${formatCount(count)} loopback addresses`
}

function lateness({ p50, p99 }: Quantiles): string {
  return `late by ${formatDuration(p50)} at p50, ${formatDuration(p99)} at p99`
}

function verdicts(statuses: readonly string[]): string {
  if (statuses.length === 0) return 'none could be run'
  const words = ['valid', 'degraded', 'invalid'].map(
    (word) => [statuses.filter((status) => status === word).length, word] as const,
  )
  return words.flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`])).join(', ')
}

/** `0-3, 8` */
function ranges(cores: readonly number[]): string {
  const parts: [first: number, last: number][] = []
  for (const core of cores) {
    const current = parts.at(-1)
    if (current !== undefined && core === current[1] + 1) current[1] = core
    else parts.push([core, core])
  }
  return parts.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ')
}

import type { Usage } from '../model/shard.js'

/** What a process used over several windows: sums, and the greatest of utilisation, delay and memory. */
export function combineUsage(usages: readonly Usage[]): Usage {
  const delays = usages.map(({ eventLoopDelayUsP99 }) => eventLoopDelayUsP99).filter((us) => us !== null)
  return {
    sampledUs: sum(usages, ({ sampledUs }) => sampledUs),
    cpuUserUs: sum(usages, ({ cpuUserUs }) => cpuUserUs),
    cpuSystemUs: sum(usages, ({ cpuSystemUs }) => cpuSystemUs),
    eventLoopUtilization: Math.max(0, ...usages.map(({ eventLoopUtilization }) => eventLoopUtilization)),
    eventLoopDelayUsP99: delays.length === 0 ? null : Math.max(...delays),
    gcUs: sum(usages, ({ gcUs }) => gcUs),
    rssBytes: Math.max(0, ...usages.map(({ rssBytes }) => rssBytes)),
  }
}

function sum(usages: readonly Usage[], figure: (usage: Usage) => number): number {
  return usages.reduce((total, usage) => total + figure(usage), 0)
}

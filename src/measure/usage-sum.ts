import type { ServerUsage, Usage } from '../model/shard.js'

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

/** The same of a server of which not everything is known: one unknown window leaves the sum unknown. */
export function combineServerUsage(usages: readonly ServerUsage[]): ServerUsage {
  const all = (figure: (usage: ServerUsage) => number | null): number[] | null => {
    const values = usages.map(figure).filter((value) => value !== null)
    return values.length === usages.length && values.length > 0 ? values : null
  }
  const total = (figure: (usage: ServerUsage) => number | null) => all(figure)?.reduce((a, b) => a + b, 0) ?? null
  const most = (figure: (usage: ServerUsage) => number | null) => {
    const values = all(figure)
    return values === null ? null : Math.max(...values)
  }
  return {
    sampledUs: usages.reduce((us, { sampledUs }) => us + sampledUs, 0),
    cpuUserUs: total(({ cpuUserUs }) => cpuUserUs),
    cpuSystemUs: total(({ cpuSystemUs }) => cpuSystemUs),
    eventLoopUtilization: most(({ eventLoopUtilization }) => eventLoopUtilization),
    eventLoopDelayUsP99: most(({ eventLoopDelayUsP99 }) => eventLoopDelayUsP99),
    gcUs: total(({ gcUs }) => gcUs),
    rssBytes: most(({ rssBytes }) => rssBytes),
  }
}

function sum(usages: readonly Usage[], figure: (usage: Usage) => number): number {
  return usages.reduce((total, usage) => total + figure(usage), 0)
}

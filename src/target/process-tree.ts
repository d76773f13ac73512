import { readdirSync, readFileSync } from 'node:fs'
import { endianness } from 'node:os'

/** What a process and all that it started have used so far, as Linux tells it in /proc. */
export interface TreeReading {
  pids: number[]
  /** Of those that are there, with what they had from children that are gone; in steps of 10 ms. */
  userUs: number
  systemUs: number
  /** Of the threads that are there, to the microsecond; `null` where the system does not tell. */
  exactUs: number | null
  /** Sum of the resident memory of each; pages that several share are counted for each. */
  rssBytes: number
}

/** Linux counts processor time in ticks of 1/100 s for /proc/<pid>/stat. */
const TICK_US = 10e3
/** In 16 or 64 KiB where the processor is an ARM, or a POWER. */
const PAGE_BYTES = pageBytes()

interface Entry {
  parent: number
  userTicks: number
  systemTicks: number
  pages: number
}

/** `null` where there is no /proc, or the process is gone. */
export function readTree(root: number): TreeReading | null {
  const entries = new Map<number, Entry>()
  for (const pid of treePids(root)) {
    const entry = readStat(pid)
    if (entry !== null) entries.set(pid, entry)
  }
  if (entries.size === 0) return null
  const pids = [...entries.keys()]
  const all = [...entries.values()]
  const exact = pids.map(exactUs)
  return {
    pids,
    userUs: sum(all.map(({ userTicks }) => userTicks)) * TICK_US,
    systemUs: sum(all.map(({ systemTicks }) => systemTicks)) * TICK_US,
    exactUs: exact.includes(null) ? null : sum(exact.map((us) => us ?? 0)),
    rssBytes: sum(all.map(({ pages }) => pages)) * PAGE_BYTES,
  }
}

/** The process and all that it has started so far, where the system tells. */
export function treePids(root: number): number[] {
  return [root, ...descendants(root)]
}

/** By /proc/<pid>/task/<tid>/children, which costs a few reads; where the kernel has no such file, by looking at every process. */
function descendants(root: number): number[] {
  const found: number[] = []
  const open = [root]
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    const children = childrenOf(pid)
    if (children === null) return descendantsByScan(root)
    for (const child of children) {
      if (child === root || found.includes(child)) continue
      found.push(child)
      open.push(child)
    }
  }
  return found
}

function childrenOf(pid: number): number[] | null {
  const threads = list(`/proc/${pid}/task`)
  if (threads === null) return []
  const texts = threads.map((thread) => read(`/proc/${pid}/task/${thread}/children`))
  // A thread that has just ended has no file either; the kernel without the feature has none for any.
  if (texts.every((text) => text === null)) return list(`/proc/${pid}/task`) === null ? [] : null
  return texts.flatMap((text) => (text ?? '').split(' ').filter((word) => word !== '')).map(Number)
}

function descendantsByScan(root: number): number[] {
  const parents = new Map<number, number>()
  for (const name of list('/proc') ?? []) {
    const entry = /^\d+$/.test(name) ? readStat(Number(name)) : null
    if (entry !== null) parents.set(Number(name), entry.parent)
  }
  const found = new Set([root])
  for (let size = 0; size !== found.size; ) {
    size = found.size
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid)
  }
  found.delete(root)
  return [...found]
}

/** Fields 3 to 24 of /proc/<pid>/stat (proc(5)). The name before them is in parentheses and may itself have some. */
function readStat(pid: number): Entry | null {
  const text = read(`/proc/${pid}/stat`)
  if (text === null) return null
  const fields = text.slice(text.lastIndexOf(') ') + 2).split(' ')
  const number = (field: number) => Number(fields[field - 3])
  return {
    parent: number(4),
    userTicks: number(14) + number(16),
    systemTicks: number(15) + number(17),
    pages: number(24),
  }
}

/** The scheduler's own account of each thread, in nanoseconds (Documentation/scheduler/sched-stats.rst). */
function exactUs(pid: number): number | null {
  const texts = (list(`/proc/${pid}/task`) ?? []).map((thread) => read(`/proc/${pid}/task/${thread}/schedstat`))
  if (texts.length === 0 || texts.every((text) => text === null)) return null
  return sum(texts.map((text) => Number((text ?? '0').split(' ')[0]))) / 1e3
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** As the kernel tells each process in pairs of words when it starts (getauxval(3)); 4 KiB where that cannot be read. */
function pageBytes(): number {
  const [word, ofPages] = [8, 6n]
  try {
    const words = readFileSync('/proc/self/auxv')
    const at = (offset: number) => (endianness() === 'LE' ? words.readBigUInt64LE(offset) : words.readBigUInt64BE(offset))
    for (let offset = 0; offset + 2 * word <= words.length; offset += 2 * word)
      if (at(offset) === ofPages) return Number(at(offset + word))
  } catch {
    // No /proc: nothing is counted in pages either.
  }
  return 4_096
}

function list(path: string): string[] | null {
  try {
    return readdirSync(path)
  } catch {
    return null
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

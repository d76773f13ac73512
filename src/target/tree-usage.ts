import type { Clock } from '../measure/clock.js'
import type { ServerUsage } from '../model/shard.js'
import type { TreeReading } from './process-tree.js'

/** What the scheduler's account and that in ticks may differ by, a process: beyond it threads have ended, whose time only the ticks have. */
const TICKS_APART_US = 20e3

/** What a tree of processes uses between `start` and `stop`, by two readings. */
export class TreeMeter {
  readonly #read: () => TreeReading | null
  readonly #clock: Clock
  #start: TreeReading | null = null
  #startedUs = 0

  constructor(read: () => TreeReading | null, clock: Clock) {
    this.#read = read
    this.#clock = clock
  }

  start(): void {
    this.#startedUs = this.#clock.nowUs()
    this.#start = this.#read()
  }

  stop(): ServerUsage {
    const sampledUs = this.#clock.nowUs() - this.#startedUs
    const end = this.#read()
    return { sampledUs, ...NOTHING_KNOWN, ...(this.#start === null || end === null ? {} : difference(this.#start, end)) }
  }
}

/** What only a process itself can tell is never known from outside. */
const NOTHING_KNOWN: Omit<ServerUsage, 'sampledUs'> = {
  cpuUserUs: null,
  cpuSystemUs: null,
  eventLoopUtilization: null,
  eventLoopDelayUsP99: null,
  gcUs: null,
  rssBytes: null,
}

/**
 * User and system time are known in ticks of 10 ms, their sum to the microsecond as long as no thread has ended meanwhile: then the sum is that,
 * divided as the ticks say.
 */
function difference(start: TreeReading, end: TreeReading): Pick<ServerUsage, 'cpuUserUs' | 'cpuSystemUs' | 'rssBytes'> {
  const userUs = Math.max(0, end.userUs - start.userUs)
  const systemUs = Math.max(0, end.systemUs - start.systemUs)
  const exactUs = end.exactUs === null || start.exactUs === null ? null : end.exactUs - start.exactUs
  const ticksUs = userUs + systemUs
  const isWhole = exactUs !== null && exactUs >= 0 && ticksUs - exactUs <= TICKS_APART_US * end.pids.length
  const totalUs = isWhole ? exactUs : ticksUs
  const userShare = ticksUs === 0 ? 1 : userUs / ticksUs
  const cpuUserUs = Math.round(totalUs * userShare)
  return { cpuUserUs, cpuSystemUs: Math.round(totalUs) - cpuUserUs, rssBytes: end.rssBytes }
}

/**
 * The figures of a trial that thresholds and comparisons may name, by their path: a closed list, so that a
 * misspelt metric is refused before anything runs instead of being "no data" after it has.
 */

/** What a figure is, and so which unit a limit on it needs. */
export type MetricKind = 'duration' | 'size' | 'count' | 'ratio'

export interface MetricInfo {
  kind: MetricKind
  /** `every`: a limit must hold in each round, since one lost message is one too many; `median`: over the valid rounds. */
  rounds: 'every' | 'median'
}

const figure = (kind: MetricKind): MetricInfo => ({ kind, rounds: 'median' })
const tally: MetricInfo = { kind: 'count', rounds: 'every' }

const FIGURES: Record<string, MetricInfo> = {
  'messages.scheduled': tally,
  'messages.published': tally,
  'messages.expected': tally,
  'messages.delivered': tally,
  'messages.missing': tally,
  'messages.superseded': tally,
  'messages.duplicates': tally,
  'messages.reordered': tally,
  'bytes.payload': figure('size'),
  'bytes.headers': figure('size'),
  'bytes.framing': figure('size'),
  'bytes.received': figure('size'),
  'bytes.sent': figure('size'),
  'bytes.perMessage': figure('size'),
  'bytes.overheadRatio': figure('ratio'),
  'bytes.lifetime.received': figure('size'),
  'bytes.lifetime.sent': figure('size'),
  'requests.total': tally,
  'requests.empty': tally,
  'requests.failed': tally,
  'requests.skipped': tally,
  'requests.perMessage': figure('ratio'),
  'requests.messagesPerResponse': figure('ratio'),
  'connections.opened': tally,
  'connections.failed': tally,
  'connections.reconnects': tally,
  'slowReaders.delivered': tally,
  'slowReaders.missing': tally,
  'slowReaders.superseded': tally,
  'slowReaders.receivedBytes': figure('size'),
  'slowReaders.reconnects': tally,
  'slowReaders.serverMaxBufferedBytes': figure('size'),
  'slowReaders.serverMaxBufferedBytesPerConnection': figure('size'),
  'slowReaders.serverMaxRssBytes': figure('size'),
  'slowReaders.disconnected': tally,
  'server.cpuUs': figure('duration'),
  'server.cpuUserUs': figure('duration'),
  'server.cpuSystemUs': figure('duration'),
  'server.metronomeCpuUs': figure('duration'),
  'server.cpuUsPerMessage': figure('duration'),
  'server.eventLoopUtilization': figure('ratio'),
  'server.eventLoopDelayUsP99': figure('duration'),
  'server.gcUs': figure('duration'),
  'server.rssBytes': figure('size'),
  'server.rssBytesPerConnection': figure('size'),
  'server.writes': figure('count'),
  'server.messagesPerWrite': figure('ratio'),
  'server.evicted': tally,
  'server.disconnected.slow': tally,
  'server.disconnected.refused': tally,
  'driver.cpuUs': figure('duration'),
  'driver.eventLoopUtilization': figure('ratio'),
  'driver.eventLoopDelayUsP99': figure('duration'),
  'driver.gcUs': figure('duration'),
  'driver.rssBytes': figure('size'),
  'driver.frozenUs': figure('duration'),
  'driver.negatives': tally,
  'driver.exhausted': tally,
  'machine.cpuOthersShare': figure('ratio'),
  'machine.stealShare': figure('ratio'),
  'machine.wallClockDriftUs': figure('duration'),
}

const DISTRIBUTIONS = [
  'latencyUs',
  'transitUs',
  'publishDelayUs',
  'connectUs',
  'stalenessUs',
  'slowReaders.latencyUs',
  'slowReaders.stalenessUs',
  'driver.lagUs',
  'driver.transitLessLagUs',
  'driver.heartbeatLatenessUs',
] as const
const DISTRIBUTION_PATH = new RegExp(`^(${DISTRIBUTIONS.join('|').replaceAll('.', '\\.')})\\.(.+)$`)

const USUAL_LEAVES = ['p50', 'p90', 'p95', 'p99', 'p99.9', 'min', 'mean', 'max', 'count']

/** For suggestions: every fixed path, and the usual ones of each distribution. */
export const METRIC_PATHS: readonly string[] = [
  ...DISTRIBUTIONS.flatMap((path) => USUAL_LEAVES.map((leaf) => `${path}.${leaf}`)),
  ...Object.keys(FIGURES),
]

/** What the path of a trial's figure stands for; `undefined` where it is none. */
export function metricInfo(path: string): MetricInfo | undefined {
  if (Object.hasOwn(FIGURES, path)) return FIGURES[path]
  const parts = distributionParts(path)
  if (parts === undefined) return undefined
  if (parts.leaf === 'count') return tally
  const known = ['min', 'mean', 'max'].includes(parts.leaf) || parsePercentile(parts.leaf) !== undefined
  return known ? figure('duration') : undefined
}

/** `driver.lagUs.p75` as `driver.lagUs` and `p75`; `undefined` where the path leads into no distribution. */
export function distributionParts(path: string): { distribution: (typeof DISTRIBUTIONS)[number]; leaf: string } | undefined {
  const match = DISTRIBUTION_PATH.exec(path)
  const distribution = DISTRIBUTIONS.find((name) => name === match?.[1])
  return distribution === undefined || match?.[2] === undefined ? undefined : { distribution, leaf: match[2] }
}

/**
 * `p50`, `p99.9`, `p100` as 50, 99.9, 100; without a dot the third digit and those after it are decimals, so that
 * `p999` is 99.9 as in the result's own names. `undefined` where the text is no percentile above 0.
 */
export function parsePercentile(text: string): number | undefined {
  const match = /^p(?:(\d{1,2}|100)(?:\.(\d{1,4}))?|(\d\d)(\d{1,3}))$/.exec(text)
  if (match === null) return undefined
  const [, whole, decimals, bareWhole, bareDecimals] = match
  const percentile = Number(`${whole ?? bareWhole}.${decimals ?? bareDecimals ?? '0'}`)
  return percentile > 0 && percentile <= 100 ? percentile : undefined
}

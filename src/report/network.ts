import type { NetworkEvent } from '../model/network.js'
import type { NetworkReport } from '../model/trial.js'
import type { LoadPointView } from './comparison.js'
import { formatCount, formatDuration, formatPercent, formatSetDuration, formatSize } from './quantity.js'

/**
 * The link of a load point as lines under its heading; none where there was no link. What was achieved is the range over its trials, since a mean of
 * medians would be no figure of any.
 */
export function networkNotes({ rows }: LoadPointView): string[] {
  const links = rows.flatMap(({ trials }) => trials.map(({ network }) => network)).filter((network) => network !== null)
  const [first] = links
  if (first === undefined) return []
  const lines = [`Link (${first.tier}): ${describeLink(first)}; achieved at p50 ${achieved(links)}`]
  const lost = describeLoss(links)
  if (lost !== null) lines.push(lost)
  if (first.cannotShow.length > 0) lines.push(`It cannot show ${first.cannotShow.join('; ')}`)
  return lines
}

function describeLink({ rttUs, jitterUs, bandwidthBytesPerSec, lossShare, events }: NetworkReport): string {
  return [
    `round trip ${formatSetDuration(rttUs)}`,
    ...(jitterUs === 0 ? [] : [`jitter ${formatSetDuration(jitterUs)}`]),
    ...(bandwidthBytesPerSec === null ? [] : [`${formatSize(bandwidthBytesPerSec)}/s a connection and direction`]),
    ...(lossShare === 0 ? [] : [`${formatPercent(lossShare)} of the packets lost in each direction`]),
    ...events.map(describeEvent),
  ].join(', ')
}

/** Over all trials: counts may be added. */
function describeLoss(links: readonly NetworkReport[]): string | null {
  const reports = links.flatMap(({ loss, lossShare }) => (loss === null || lossShare === 0 ? [] : [loss]))
  if (reports.length === 0) return null
  const sum = (key: keyof (typeof reports)[number]) => reports.reduce((total, report) => total + report[key], 0)
  return `Lost: ${formatCount(sum('probesLost'))} of ${formatCount(sum('probes'))} packets of its probe; TCP sent ${formatCount(sum('segmentsRetransmitted'))} of ${formatCount(sum('segments'))} segments again`
}

function describeEvent({ kind, atUs, lengthUs, share }: NetworkEvent): string {
  const length = lengthUs === null ? (kind === 'blackhole' ? ' to the end' : '') : ` for ${formatSetDuration(lengthUs)}`
  return `${kind} at ${formatSetDuration(atUs)}${length}${share === 1 ? '' : ` of ${formatPercent(share)}`}`
}

function achieved(links: readonly NetworkReport[]): string {
  const range = (direction: 'toServer' | 'toClient') => {
    const values = links.map((link) => link[direction].delayUs.p50).filter((us) => us !== null)
    const ends = [...new Set([Math.min(...values), Math.max(...values)].map(formatDuration))]
    return values.length === 0 ? 'nothing' : ends.join(' to ')
  }
  return `${range('toServer')} to the server, ${range('toClient')} to the client`
}

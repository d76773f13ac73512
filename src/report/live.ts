import pc from 'picocolors'
import type { Colors } from 'picocolors/types.js'
import type { FinishedTrial, LiveCourse, LiveTrial, LiveView } from '../model/live.js'
import { visible } from './escape.js'
import { describeLoad, shortLoad } from './load.js'
import { formatCount, formatDuration, formatPercent, formatSize } from './quantity.js'
import { sparkline } from './sparkline.js'
import { timeLeft } from './time-left.js'

export interface LiveOptions {
  colour: boolean
  /** Whether the terminal has characters beyond ASCII. */
  unicode: boolean
  /** Of the terminal, in cells. */
  width: number
  height: number
}

/** A part of a line, and how it is painted. */
type Piece = [text: string, paint?: ((text: string) => string) | undefined]

/** Of the words before the figures. */
const KEY_WIDTH = 12
const LONGEST_LABEL = 36
const LONGEST_BAR = 40
const LONGEST_SPARKLINE = 60
/** From the bottom of the sparklines' scale to its top. */
const LEAST_SPAN = 4

/** A run at this moment, for a terminal: no line is wider, and there are fewer lines than it has. */
export function renderLive(view: LiveView, options: LiveOptions): string[] {
  const colors = pc.createColors(options.colour)
  const { now } = view
  const lines = now === null ? [[['no trial yet', colors.dim] as Piece]] : trialLines(view, now, options, colors)
  // A blank line, a heading, and the line that the cursor is on.
  const room = options.height - lines.length - 3
  return [...lines, ...courseLines(view, room, options, colors)].map((line) => fitted(line, options))
}

/** A trial that is over, on one line. */
export function renderFinished(finished: FinishedTrial, view: LiveView, options: Omit<LiveOptions, 'height'>): string {
  const colors = pc.createColors(options.colour)
  const { trial, label, p50Us, p99Us, missing, perMessageBytes, status, load } = finished
  const paint = { valid: undefined, degraded: colors.yellow, invalid: colors.red }[status]
  const line: Piece[] = [
    [{ valid: '  ', degraded: '~ ', invalid: '! ' }[status], paint],
    [`${placeOf(trial, view)}  `, colors.dim],
    [visible(label).slice(0, LONGEST_LABEL).padEnd(labelWidth(view)), colors.bold],
    [`  p50 ${formatDuration(p50Us).padEnd(7)}  p99 ${formatDuration(p99Us).padEnd(7)}`],
    [`  ${formatCount(missing)} missing`, missing === 0 ? colors.dim : colors.yellow],
    [status === 'valid' ? '' : `  ${status}`, paint],
    [`  ${formatSize(perMessageBytes)} a message`, colors.dim],
    [view.loadPoints < 2 ? '' : `  ${visible(shortLoad(load))}`, colors.dim],
  ]
  return fitted(line, options)
}

function trialLines(view: LiveView, now: LiveTrial, options: LiveOptions, colors: Colors): Piece[][] {
  const { trial, label, load, round, connected, latencyUs } = now
  const key = (text: string): Piece => [text.padEnd(KEY_WIDTH), colors.dim]
  const rounds = view.rounds < 2 ? '' : `  round ${round} of ${view.rounds}`
  return [
    [
      [`  ${placeOf(trial, view)}  `, colors.dim],
      [visible(label), colors.bold],
      [rounds],
      [`  ${visible(describeLoad(load))}`, colors.dim],
    ],
    phaseLine(view, now, options, colors),
    [
      key('clients'),
      [
        `${formatCount(connected)} of ${formatCount(load.clients)} connected`,
        connected === load.clients ? undefined : colors.yellow,
      ],
    ],
    [key('rates'), [rates(now)], awaited(now, colors)],
    [
      key('latency now'),
      [`p50 ${formatDuration(latencyUs?.p50 ?? null).padEnd(9)} p99 ${formatDuration(latencyUs?.p99 ?? null)}`],
    ],
    [key('load'), ...loads(now, colors)],
  ]
}

function rates({ publishedPerSec, deliveredPerSec }: LiveTrial): string {
  return `${perSecond(publishedPerSec)} published/s, ${perSecond(deliveredPerSec)} delivered/s`
}

function perSecond(rate: number | null): string {
  return formatCount(rate === null ? null : rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate))
}

/** What is on its way counts until it arrives: only what is awaited at the end is missing. */
function awaited({ awaited: count, phase }: LiveTrial, colors: Colors): Piece {
  if (count === null) return ['']
  if (phase !== 'draining') return [`, ${formatCount(count)} on the way`]
  return [`, ${formatCount(count)} missing so far`, count === 0 ? undefined : colors.yellow]
}

function loads({ serverLoad, driverLoads }: LiveTrial, colors: Colors): Piece[] {
  const known = driverLoads.filter((load) => load !== null)
  const drivers =
    known.length <= 4
      ? driverLoads.map((load, index) => `driver ${index + 1} ${formatPercent(rounded(load))}`).join(', ')
      : `${known.length} drivers, the busiest ${formatPercent(rounded(Math.max(...known)))}`
  // Drivers tell by themselves; of the server it is the system that tells, or does not.
  const isUnknown = serverLoad === null && known.length > 0
  const server = `server ${isUnknown ? 'not known here' : formatPercent(rounded(serverLoad))}`
  return [[[server, drivers].filter((text) => text !== '').join(', ')], [' of a core', colors.dim]]
}

/** Ticks of a processor's time are 1 %. */
function rounded(load: number | null): number | null {
  return load === null ? null : Math.round(load * 100) / 100
}

function phaseLine(view: LiveView, now: LiveTrial, { width, unicode }: LiveOptions, colors: Colors): Piece[] {
  const { phase, phaseUs, phaseLeftUs, trialLeftUs } = now
  const left = `trial ${timeLeft(trialLeftUs)}, run ${timeLeft(view.timeLeftUs ?? trialLeftUs)} left`
  const room = Math.min(LONGEST_BAR, width - KEY_WIDTH - left.length - 2)
  if (phaseUs <= 0 || room < 8) return [[phase.padEnd(KEY_WIDTH)], [left]]
  const done = Math.round(Math.min(1, 1 - phaseLeftUs / phaseUs) * room)
  const [full, empty] = unicode ? ['━', '─'] : ['#', '-']
  return [[phase.padEnd(KEY_WIDTH)], [full.repeat(done), colors.cyan], [empty.repeat(room - done), colors.dim], [`  ${left}`]]
}

/** A sparkline a label, all on one scale, so that they compare. */
function courseLines({ courses, now, ...view }: LiveView, room: number, options: LiveOptions, colors: Colors): Piece[][] {
  const begun = courses.filter(({ points }) => points.some(({ p99Us }) => p99Us !== null))
  const all = begun.flatMap(({ points }) => points.map(({ p99Us }) => p99Us).filter((us) => us !== null))
  if (all.length === 0 || room < 1) return []
  // Those that come last in a long list are the ones to be looked at.
  const order = [...begun].sort((one, other) => Number(one.label === now?.label) - Number(other.label === now?.label))
  const shown = begun.filter((course) => order.slice(-room).includes(course))
  const low = Math.max(1, least(all))
  // Noise must not look like a mountain.
  const scale = { low, high: Math.max(greatest(all), low * LEAST_SPAN) }
  const labels = labelWidth({ courses })
  const width = Math.min(LONGEST_SPARKLINE, options.width - labels - 12)
  const line = ({ label, points }: LiveCourse): Piece[] => {
    const values = points.map(({ p99Us }) => p99Us)
    const isNow = label === now?.label && view.finishedCount < (now?.trial ?? 0)
    const drawn = sparkline(values, { width, ...scale, unicode: options.unicode })
    return [
      [visible(label).slice(0, LONGEST_LABEL).padEnd(labels), isNow ? colors.bold : undefined],
      [`  ${drawn}`, isNow ? colors.cyan : colors.dim],
      [`  ${formatDuration(values.findLast((us) => us !== null) ?? null)}`, isNow ? undefined : colors.dim],
    ]
  }
  const heading: Piece = [
    `p99 of the latest trial of each, on one scale: ${formatDuration(scale.low)} to ${formatDuration(scale.high)}`,
    colors.dim,
  ]
  return [blank, [heading], ...shown.map(line)]
}

const blank: Piece[] = [['']]

function placeOf(trial: number, { trials }: Pick<LiveView, 'trials'>): string {
  return `${trial}/${trials}`.padStart(2 * String(trials).length + 1)
}

function labelWidth({ courses }: Pick<LiveView, 'courses'>): number {
  return Math.min(LONGEST_LABEL, Math.max(...courses.map(({ label }) => visible(label).length)))
}

function least(values: readonly number[]): number {
  return values.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY)
}

function greatest(values: readonly number[]): number {
  return values.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY)
}

/** Cut at the width before it is painted: half of a colour's code would be shown as what it is. */
function fitted(pieces: readonly Piece[], { width, unicode }: Pick<LiveOptions, 'width' | 'unicode'>): string {
  let left = Math.max(0, width)
  return pieces
    .map(([text, paint = same]) => {
      const shown = [...(unicode ? text : text.replaceAll('\u202f', ' '))].slice(0, left).join('')
      left -= [...shown].length
      return shown === '' ? '' : paint(shown)
    })
    .join('')
    .trimEnd()
}

function same(text: string): string {
  return text
}

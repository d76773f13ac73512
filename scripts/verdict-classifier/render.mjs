import { LIMITS } from '../../dist/analysis/evidence.js'
import { floorTable } from './floors.mjs'
import { CLOSE, isFlagged, isFlaggedForDriver, isUndisturbed, isWithin, MACHINE, PAUSE_MS, RIGHT } from './rows.mjs'
import { at, count, counted, ms, percent, table } from './table.mjs'

const STATUSES = ['valid', 'degraded', 'invalid']
const PERCENTILES = ['p50', 'p90', 'p99']
/** Of a percentile, what the driver may have added: where one class of trials ends. */
const CLASSES = [0, 0.05, 0.1, 0.2, 0.3, 0.5, 1]

/** docs/verdict-classifier.md, from what was measured: a row a trial. */
export function renderClassifier(rows, { seed, node, cpu, withPackets }) {
  const of = (group) => rows.filter((row) => row.group === group)
  const [starved, mild, healthy] = ['starved', 'mild', 'healthy'].map(of)
  const undisturbed = healthy.filter(isUndisturbed)
  const loads = [...new Set(rows.map(({ load }) => load))]
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .join('; ')
  return `# The verdict as a classifier

Written by \`node scripts/verdict-classifier.mjs\`, seed ${seed}; not edited by hand. Node ${node}, ${cpu}, ${new Date().toISOString().slice(0, 10)}. Short trials over all
transports (${loads}; Poisson): ${starved.length} with a driver that is kept from running, ${mild.length} with one that is a little, ${healthy.length} with one that is left alone.${withPackets ? ' What they report is held against the times of the packets.' : ''} [verdicts.md](verdicts.md) says what the reasons mean.

## Who was found

Of ${starved.length} starved trials ${count(starved, isFlagged)} were flagged (degraded or invalid), ${count(starved, isFlaggedForDriver)} for the driver. Of ${healthy.length} healthy ones ${undisturbed.length} had the machine for themselves, of which ${count(undisturbed, isFlagged)} were flagged;
in the other ${healthy.length - undisturbed.length} other programs were at work (${[...MACHINE].map((code) => `\`${code}\``).join(', ')}), or the program that measures had no turn for over ${PAUSE_MS} ms, and ${count(
    healthy.filter((row) => !isUndisturbed(row)),
    isFlaggedForDriver,
  )} of these were flagged for the driver. A busy process that starves a driver is also another program on the machine.

${table(['driver', 'trials', 'flagged', 'for the driver', ...STATUSES, 'reasons'], whoWasFound(rows))}

${table(['transport', 'starved', 'flagged', 'for the driver', 'healthy, undisturbed', 'flagged'], byTransport(starved, undisturbed))}
${withPackets ? errors(rows) : ''}`
}

function errors(rows) {
  const unseen = rows.filter(({ truthUs }) => truthUs === null)
  return `
## How wrong the latency was

The error of a percentile is what was reported less what the packets say, less what the client asked late where it has to ask. A valid figure is meant to be within ${within(RIGHT)}, whichever is more. Percentiles for which
the window had too few messages are left out. ${unseen.length === 0 ? 'The packets of all trials were found' : `Of ${unseen.length} trials the packets were not all found, and they are left out`}.

${table(['verdict', 'trials', `p50 and p90 within ${within(CLOSE)}`, `within ${within(RIGHT)}`, `p99 within ${within(RIGHT)}`, 'of those with one'], rightRows(rows))}

${table(['verdict', 'percentile', 'trials', 'by packets, median', 'error, median', '90 %', 'worst', 'of the latency, median', '90 %', 'worst'], errorRows(rows))}

## What the limits go by

All percentiles of all trials, by what the driver may have added to them by its own account (the lag of its loop, or the lateness of its beats, whichever is more), as a share of the transit's; up to ${ms(LIMITS.addedFloorUs.degraded)} nothing is held
against a trial, and up to ${ms(LIMITS.addedFloorUs.invalid)}, or at p99, it degrades at most. The limits are ${percent(LIMITS.lag.degraded)} and ${percent(LIMITS.lag.invalid)} for lag, ${percent(LIMITS.late.degraded)} and ${percent(LIMITS.late.invalid)} for lateness.

${table(['may have added', 'percentile', 'figures', `within ${within(RIGHT)}`, 'error of what it may have added, median', 'error of the latency, median', '90 %', 'worst'], classRows(rows))}

Whatever its share, less than a floor is not held against a trial. What other floors would have made of the same trials, who is flagged for another reason included:

${floorTable(rows)}
`
}

function whoWasFound(rows) {
  return [...new Set(rows.map(({ way }) => way))].map((way) => {
    const own = rows.filter((row) => row.way === way)
    return [
      `${way} (${own[0].group})`,
      own.length,
      count(own, isFlagged),
      count(own, isFlaggedForDriver),
      ...STATUSES.map((status) => count(own, (row) => row.status === status)),
      counted(own.flatMap(({ codes }) => codes)),
    ]
  })
}

function byTransport(starved, undisturbed) {
  return [...new Set(starved.concat(undisturbed).map(({ transport }) => transport))].sort().map((transport) => {
    const [ill, well] = [starved, undisturbed].map((rows) => rows.filter((row) => row.transport === transport))
    return [transport, ill.length, count(ill, isFlagged), count(ill, isFlaggedForDriver), well.length, count(well, isFlagged)]
  })
}

const seenFigures = (rows, percentile) =>
  rows.flatMap(({ figures }) => figures.filter((figure) => figure.percentile === percentile && figure.errorUs !== null))

function rightRows(rows) {
  const isWithinAt = (row, percentiles, limit) =>
    row.figures.filter(({ percentile }) => percentiles.includes(percentile)).every((figure) => isWithin(figure, limit))
  return STATUSES.map((status) => {
    const own = rows.filter((row) => row.status === status && row.truthUs !== null)
    const withP99 = own.filter(({ figures }) => figures.some(({ percentile }) => percentile === 'p99'))
    return [
      status,
      own.length,
      count(own, (row) => isWithinAt(row, ['p50', 'p90'], CLOSE)),
      count(own, (row) => isWithinAt(row, ['p50', 'p90'], RIGHT)),
      count(withP99, (row) => isWithinAt(row, ['p99'], RIGHT)),
      withP99.length,
    ]
  })
}

function errorRows(rows) {
  return STATUSES.flatMap((status) =>
    PERCENTILES.map((percentile) => {
      const figures = seenFigures(
        rows.filter((row) => row.status === status),
        percentile,
      )
      const truths = figures.map(({ truthUs }) => truthUs).sort((a, b) => a - b)
      return [
        status,
        percentile,
        figures.length,
        ms(at(truths, 50)),
        ...bySize(figures, ({ errorUs }) => errorUs, ms),
        ...shares(figures),
      ]
    }),
  )
}

function classRows(rows) {
  return PERCENTILES.flatMap((percentile) => {
    const figures = seenFigures(rows, percentile)
    const shareOf = ({ lagUs, lateUs, reportedUs }) => {
      const addedUs = Math.max(lagUs, lateUs)
      return addedUs <= LIMITS.addedFloorUs.degraded ? 0 : addedUs / Math.max(1, reportedUs)
    }
    return CLASSES.map((above, index) => {
      const most = CLASSES[index + 1] ?? Number.POSITIVE_INFINITY
      const own = figures.filter((figure) => {
        const share = shareOf(figure)
        return index === 0 ? share <= most : share > above && share <= most
      })
      const words =
        index === 0
          ? `up to ${percent(most)}, or less than the floor`
          : most === Number.POSITIVE_INFINITY
            ? `over ${percent(above)}`
            : `to ${percent(most)}`
      return [words, percentile, own.length, count(own, (figure) => isWithin(figure, RIGHT)), ...ratios(own), ...shares(own)]
    })
  })
}

const within = ({ share, us }) => `${percent(share)} or ${us / 1e3} ms`

/** The median alone: what is added to nothing has no share. */
function ratios(figures) {
  const sorted = figures.map(({ errorUs, lagUs, lateUs }) => errorUs / Math.max(1, lagUs, lateUs)).sort((a, b) => a - b)
  return [percent(at(sorted, 50))]
}

function shares(figures) {
  return bySize(figures, ({ errorUs, truthUs }) => errorUs / Math.max(1, truthUs), percent)
}

/** Median, what nine of ten stay below, and the worst. */
function bySize(figures, of, format) {
  const sorted = figures.map(of).sort((a, b) => Math.abs(a) - Math.abs(b))
  return [50, 90, 100].map((rank) => format(at(sorted, rank)))
}

/** A trial, for whoever waits. */
export function lineOf({ group, way, load, transport, status, codes, figures, pausedMs, unseen }) {
  const errors = figures.map(
    ({ percentile, truthUs, errorUs, lagUs, lateUs, reportedUs }) =>
      `${percentile} ${truthUs === null ? ms(reportedUs) : `${ms(truthUs)} ${errorUs < 0 ? '' : '+'}${ms(errorUs)}`} (lag ${ms(lagUs)}, late ${ms(lateUs)})`,
  )
  return [
    group.padEnd(7),
    way.padEnd(44),
    load.padEnd(23),
    transport.padEnd(14),
    status.padEnd(8),
    errors.join(', '),
    `paused ${Math.round(pausedMs ?? 0)} ms`,
    codes.join(' '),
    unseen ?? '',
  ].join(' ')
}

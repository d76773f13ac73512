const STATUSES = ['valid', 'degraded', 'invalid']
const PERCENTILES = [50, 90, 99]
/** Reasons that are the machine's, not the driver's. */
const MACHINE = new Set(['CPU_OTHERS', 'CPU_STEAL', 'CLOCK_STEP'])
const SHARES = [0.05, 0.1, 0.15, 0.2, 0.3, 0.5]

/** docs/verdict-classifier.md, from what was measured: a row a trial. */
export function renderClassifier(rows, { seed, node, cpu, limits }) {
  const trials = (group) => rows.filter((row) => row.group === group).length
  return `# The verdict as a classifier

Written by \`node scripts/verdict-classifier.mjs\`, seed ${seed}; not edited by hand. Node ${node}, ${cpu}, ${new Date().toISOString().slice(0, 10)}. Trials of a second over all
transports: ${trials('starved')} with a driver that is kept from running, ${trials('mild')} with one that is a little, ${trials('healthy')} with one that is left alone. What they report is held against the times of the packets. [verdicts.md](verdicts.md) says what the reasons mean.

## Who was found

Flagged is what is degraded or invalid: *for the driver* where a reason other than ${[...MACHINE].map((code) => `\`${code}\``).join(', ')} says so. A busy process is also another program on the machine.

${table(['driver', 'trials', 'flagged', 'for the driver', ...STATUSES, 'reasons'], whoWasFound(rows))}

${table(['transport', 'starved', 'flagged', 'for the driver', 'healthy', 'flagged', 'for the driver'], byTransport(rows))}

## How wrong the latency was

The error of a percentile is what was reported less what the packets say, less what the client asked late where it has to ask. Of each verdict, over all trials: the median, what nine of ten stay below, and the worst.

${table(['verdict', 'percentile', 'trials', 'by packets, median', 'error, median', '90 %', 'worst', 'of the latency, median', '90 %', 'worst'], errorRows(rows))}

## What a limit would have found

Trials in which a driver may have added more than so much of a percentile of the transit (by the lag of its loop, or the lateness of its beats, from ${limits.lagFloorUs / 1e3} and ${limits.lateFloorUs / 1e3} ms on), and the worst error among those
in which it may not. The limits are ${percent(limits.lag.degraded)} and ${percent(limits.lag.invalid)} for lag, ${percent(limits.late.degraded)} and ${percent(limits.late.invalid)} for lateness.

${table(['limit', 'starved', 'mild', 'healthy', 'worst error below it', 'of the latency'], limitRows(rows))}
`
}

function whoWasFound(rows) {
  return [...new Set(rows.map(({ way }) => way))].map((way) => {
    const own = rows.filter((row) => row.way === way)
    return [
      `${way} (${own[0].group})`,
      own.length,
      own.filter(isFlagged).length,
      own.filter(isFlaggedForDriver).length,
      ...STATUSES.map((status) => own.filter((row) => row.status === status).length),
      reasonsOf(own),
    ]
  })
}

function byTransport(rows) {
  return [...new Set(rows.map(({ transport }) => transport))].sort().map((transport) => [
    transport,
    ...['starved', 'healthy'].flatMap((group) => {
      const own = rows.filter((row) => row.transport === transport && row.group === group)
      return [own.length, own.filter(isFlagged).length, own.filter(isFlaggedForDriver).length]
    }),
  ])
}

function errorRows(rows) {
  return STATUSES.flatMap((status) =>
    PERCENTILES.map((percentile) => {
      const errors = rows.filter((row) => row.status === status).flatMap((row) => errorOf(row, percentile) ?? [])
      const of = (figure) => errors.map(figure).sort((a, b) => Math.abs(a) - Math.abs(b))
      const [absolute, relative] = [of(({ errorUs }) => errorUs), of(({ share }) => share)]
      return [
        status,
        `p${percentile}`,
        errors.length,
        ms(
          at(
            of(({ truthUs }) => truthUs),
            50,
          ),
        ),
        ...[50, 90, 100].map((rank) => ms(at(absolute, rank))),
        ...[50, 90, 100].map((rank) => percent(at(relative, rank))),
      ]
    }),
  )
}

function limitRows(rows) {
  return SHARES.map((limit) => {
    const above = (group) => rows.filter((row) => row.group === group && row.addedShare > limit).length
    const errors = rows
      .filter(({ addedShare }) => addedShare <= limit)
      .flatMap((row) => row.judged.flatMap((percentile) => errorOf(row, percentile) ?? []))
    const worst = errors.sort((a, b) => b.errorUs - a.errorUs)[0]
    return [percent(limit), above('starved'), above('mild'), above('healthy'), ms(worst?.errorUs), percent(worst?.share)]
  })
}

export function errorOf({ truthUs, reportedUs }, percentile) {
  if (truthUs === null) return null
  const [truth, reported] = [truthUs[`p${percentile}`], reportedUs[`p${percentile}`]]
  return { truthUs: truth, errorUs: reported - truth, share: (reported - truth) / Math.max(1, truth) }
}

export const isFlagged = ({ status }) => status !== 'valid'
export const isFlaggedForDriver = ({ codes }) => codes.some((code) => !MACHINE.has(code))

function reasonsOf(rows) {
  const counts = new Map()
  for (const { codes } of rows) for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
  return [...counts].map(([code, count]) => `\`${code}\` ${count}`).join(', ') || 'none'
}

function at(sorted, rank) {
  return sorted[Math.min(sorted.length - 1, Math.ceil((rank / 100) * sorted.length) - 1)]
}

function table(heads, lines) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...lines.map(line)].join('\n')
}

export const ms = (us) => (us === undefined ? 'none' : `${(us / 1e3).toFixed(2)} ms`)
const percent = (share) => (share === undefined ? 'none' : `${(share * 100).toFixed(0)} %`)

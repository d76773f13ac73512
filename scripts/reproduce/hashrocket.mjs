import { line, proportion, trialOf } from './trials.mjs'

/** Clients and median in milliseconds, with so many broadcasts in flight. */
const THEIRS = [
  [1_000, 30],
  [5_000, 166],
  [10_000, 346],
]
const IN_FLIGHT = 4
const DELIVERIES_PER_SEC = 8_000
const CLIENTS = [500, 1_000, 2_000]
const RATES = [16, 8, 4]

export async function reproduce(measure) {
  const result = await measure()
  const diagonal = CLIENTS.map((clients) => trialOf(result, { clients, ratePerSec: DELIVERIES_PER_SEC / clients }))
  const points = diagonal.map((trial) => [trial.load.clients, calmestP50Us(trial)])
  // A recipient waits for half of the loop on average.
  const perRecipientUs = 2 * line(points).slope
  const cpuUs = diagonal.reduce((sum, { server }) => sum + server.cpuUsPerMessage, 0) / diagonal.length
  return {
    figures: {
      ...theirs(),
      'here.deviation': proportion(points).deviation,
      'here.lineDeviation': line(points).deviation,
      'here.perRecipient': perRecipientUs,
      'here.toCpu': perRecipientUs / cpuUs,
    },
    tables: [
      {
        title: 'Median latency of the calmest second; equal load is the diagonal',
        heads: ['clients', ...RATES.map((rate) => `${rate}/s`)],
        rows: CLIENTS.map((clients) => [
          String(clients),
          ...RATES.map((ratePerSec) => cell(trialOf(result, { clients, ratePerSec }))),
        ]),
      },
    ],
  }
}

function calmestP50Us({ series }) {
  return Math.min(...series.flatMap(({ latencyUs }) => (latencyUs.p50 === null ? [] : [latencyUs.p50])))
}

export function theirs() {
  const { slope, deviation } = line(THEIRS)
  return { 'published.deviation': deviation, 'published.perRecipient': (slope * 1e3) / IN_FLIGHT }
}

function cell(trial) {
  return `${(calmestP50Us(trial) / 1e3).toFixed(2)} ms (server ${(trial.server.eventLoopUtilization * 100).toFixed(0)} % busy)`
}

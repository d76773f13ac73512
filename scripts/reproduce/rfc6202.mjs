import { predictedOf, trialOf } from './trials.mjs'

const RATES = { rare: 2, some: 4, many: 10, most: 50 }

export async function reproduce(measure) {
  const result = await measure()
  const points = Object.fromEntries(
    Object.entries(RATES).map(([name, ratePerSec]) => [name, pointOf(trialOf(result, { ratePerSec }))]),
  )
  const all = Object.values(points)
  const frequent = all.filter(({ ratePerSec }) => ratePerSec >= RATES.many)
  return {
    figures: {
      ...Object.fromEntries(Object.entries(points).map(([name, { mean }]) => [`${name}.mean`, mean])),
      'all.max': Math.max(...all.map(({ max }) => max)),
      'most.p99': points.most.p99,
      'model.deviation': Math.max(...frequent.map(({ latency }) => Math.abs(latency.deviation))),
      'model.requests': Math.max(...frequent.map(({ requests }) => Math.abs(requests.deviation))),
    },
    tables: [
      {
        title: 'In transits of 50 ms, and against the model',
        heads: ['messages/s', 'mean', 'p99', 'max', 'mean by the model', 'requests a message', 'by the model'],
        rows: all.map(({ ratePerSec, mean, p99, max, latency, requests, transitUs }) => [
          String(ratePerSec),
          mean.toFixed(2),
          p99.toFixed(2),
          max.toFixed(2),
          (latency.expected / transitUs).toFixed(2),
          requests.measured.toFixed(3),
          requests.expected.toFixed(3),
        ]),
      },
    ],
  }
}

function pointOf(trial) {
  const transitUs = trial.network.rttUs / 2
  const { mean, p99, max } = trial.latencyUs
  return {
    ratePerSec: trial.load.ratePerSec,
    transitUs,
    mean: mean / transitUs,
    p99: p99 / transitUs,
    max: max / transitUs,
    latency: predictedOf(trial, 'latencyUs.mean'),
    requests: predictedOf(trial, 'requests.perMessage'),
  }
}

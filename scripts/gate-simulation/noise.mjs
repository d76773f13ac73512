import { seededRandom } from '../../dist/feed/random.js'

/**
 * How a round's ln(candidate / baseline) scatters where nothing has changed, as standard deviations: of p50 and of the windowed p99 as they
 * were measured on a shared machine with 2 cores; p90 lies between. Bytes of polling depend on what a poll happens to catch.
 */
const SCATTER = {
  'latencyUs.p50': 0.036,
  'latencyUs.p90': 0.045,
  'latencyUs.windowedP99': 0.059,
  'bytes.perMessage': 0.002,
}

/** Of a label's scatter that its metrics have in common: a bad round is bad for all of them. */
const COMMON_SHARE = 0.5

/** What machines may be like: all of them differ from what the tests of the gate assume in their own way, but for the first. */
export const REGIMES = {
  measured: { about: 'as it was measured: normal, independent rounds', scale: 1, outliers: 0, likeness: 0, drift: 0 },
  worse: { about: 'a machine 2.5 times worse', scale: 2.5, outliers: 0, likeness: 0, drift: 0 },
  outliers: { about: 'one round in ten scatters five times as much', scale: 1, outliers: 0.1, likeness: 0, drift: 0 },
  drifting: {
    about: 'rounds are alike (0.3), and a side loses 1 % on its way',
    scale: 1,
    outliers: 0,
    likeness: 0.3,
    drift: 0.01,
  },
}

const WIDER = 5

/** Noise round after round: a function that gives the next round's values, by label and metric. */
export function noiseOf(regime, labels, metrics, seed) {
  const random = seededRandom(seed)
  const uniform = () => ((random.next() >>> 0) + 0.5) / 2 ** 32
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  const moods = new Map()
  // Noise that remembers: a share of the round before, as wide as without.
  const next = (key) => {
    const mood = regime.likeness * (moods.get(key) ?? normal()) + Math.sqrt(1 - regime.likeness ** 2) * normal()
    moods.set(key, mood)
    return mood
  }
  return (round, rounds) => {
    const width = regime.scale * (uniform() < regime.outliers ? WIDER : 1)
    const drift = regime.drift * ((round - 1) / Math.max(1, rounds - 1))
    return labels.map((label) => {
      const common = next(label)
      return metrics.map((metric) => {
        const own = next(`${label} ${metric}`)
        const isBytes = metric === 'bytes.perMessage'
        // What is pushed has the same bytes in each round.
        if (isBytes && label !== 'polling') return 0
        const value = Math.sqrt(COMMON_SHARE) * common + Math.sqrt(1 - COMMON_SHARE) * own
        return SCATTER[metric] * width * value + (isBytes ? 0 : drift)
      })
    })
  }
}

import { decodeHistogram, type Histogram } from '../measure/histogram.js'
import type { Result } from '../model/result.js'
import type { Trial } from '../model/trial.js'
import { oneLine } from './escape.js'
import { shortLoad } from './load.js'

/** Points in each halving of what is left to 100 %, as HdrHistogram's own files have them. */
const STEPS_PER_HALVING = 5

/**
 * The percentile distribution of every trial's latency as HdrHistogram prints it (`.hgrm`), in milliseconds: one block after the other,
 * each after a line that begins with `#`, which plotters pass over. A trial each, since rounds are never pooled.
 */
export function renderHgrm(results: readonly Result[]): string {
  return hgrmFiles(results)
    .map(({ text }) => text)
    .join('\n')
}

/** A file each, as plotters want them: what they show is called after the file. */
export function hgrmFiles(results: readonly Result[]): { name: string; text: string }[] {
  const taken = new Set<string>()
  return results.flatMap(({ plan, trials }) =>
    [...trials]
      .sort((a, b) => (a.label < b.label ? -1 : a.label > b.label ? 1 : a.round - b.round))
      .flatMap((trial) => {
        if (trial.latencyUs.histogram === null || trial.latencyUs.count === 0) return []
        const words = [
          plan.scenario.name,
          trial.label,
          `${trial.load.clients} clients`,
          `${trial.load.ratePerSec} per s`,
          `round ${trial.round}`,
        ]
        const name = free(words.map(slug).join('_'), taken)
        return [{ name: `${name}.hgrm`, text: block(plan.scenario.name, trial, decodeHistogram(trial.latencyUs.histogram)) }]
      }),
  )
}

function slug(text: string): string {
  return (text.toLowerCase().match(/[a-z0-9.]+/g) ?? ['x']).join('-').replace(/^\.+/, '').slice(0, 60)
}

function free(name: string, taken: Set<string>): string {
  for (let copy = 1; ; copy++) {
    const candidate = copy === 1 ? name : `${name}_${copy}`
    if (taken.has(candidate)) continue
    taken.add(candidate)
    return candidate
  }
}

function block(scenario: string, { label, round, load, verdict }: Trial, histogram: Histogram): string {
  const reasons = verdict.reasons.map(({ code }) => code).join(' ')
  const name = `#[feedbench ${oneLine(scenario)}: ${oneLine(label)}, round ${round}, ${oneLine(shortLoad(load))}, latency in ms, ${verdict.status}${reasons === '' ? '' : ` (${reasons})`}]`
  const head = `${'Value'.padStart(12)} ${'Percentile'.padStart(14)} ${'TotalCount'.padStart(10)} ${'1/(1-Percentile)'.padStart(14)}`
  return [name, head, '', ...points(histogram), ...footer(histogram), ''].join('\n')
}

function points(histogram: Histogram): string[] {
  const { count } = histogram
  const lines: string[] = []
  for (let halving = 0; halving <= Math.ceil(Math.log2(count)); halving++) {
    for (let step = 0; step < STEPS_PER_HALVING; step++) {
      const share = 1 - 2 ** -halving * (1 - step / STEPS_PER_HALVING / 2)
      const us = histogram.percentile(share * 100)
      const upTo = count - histogram.countAbove(us)
      lines.push(line(us, share, upTo))
      if (upTo === count)
        return [...lines, `${millis(histogram.max)} ${(1).toFixed(12).padStart(14)} ${String(count).padStart(10)}`]
    }
  }
  return lines
}

function line(us: number, share: number, upTo: number): string {
  return `${millis(us)} ${share.toFixed(12).padStart(14)} ${String(upTo).padStart(10)} ${(1 / (1 - share)).toFixed(2).padStart(14)}`
}

function millis(us: number): string {
  return (us / 1e3).toFixed(3).padStart(12)
}

function footer(histogram: Histogram): string[] {
  let squares = 0
  for (const [us, count] of histogram.values()) squares += count * (us - histogram.mean) ** 2
  const deviation = Math.sqrt(squares / histogram.count)
  const pad = (us: number): string => (us / 1e3).toFixed(3).padStart(12)
  return [
    `#[Mean    = ${pad(histogram.mean)}, StdDeviation   = ${pad(deviation)}]`,
    `#[Max     = ${pad(histogram.max)}, Total count    = ${String(histogram.count).padStart(12)}]`,
    '#[Buckets =           22, SubBuckets     =         2048]',
  ]
}

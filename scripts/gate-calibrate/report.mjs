import { chanceInterval } from '../gate-simulation/chance.mjs'

/** Says how the gates of a kind went, with the interval of the share that failed. */
export function report(kind, lines) {
  if (lines.length === 0) return console.log(`${kind}: none yet`)
  const count = (wanted) => lines.filter(({ status }) => status === wanted).length
  const judged = lines.length - count('invalid')
  const [low, high] = judged === 0 ? [0, 1] : chanceInterval(count('fail'), judged)
  const minutes = lines.map((line) => line.minutes)
  console.log(
    `${kind}: ${kind === 'aa' ? 'false alarms' : 'found'} ${count('fail')} of ${judged} (95 %: ${percent(low)} to ${percent(high)}); ` +
      `pass ${count('pass')}, inconclusive ${count('inconclusive')}, invalid ${count('invalid')}; ` +
      `${mean(lines.map(({ rounds }) => rounds)).toFixed(1)} rounds and ${mean(minutes).toFixed(1)} min on average, ${Math.max(0, ...minutes).toFixed(1)} at most`,
  )
  const ratios = lines.flatMap(({ ratio }) => ratio ?? []).sort((a, b) => a - b)
  if (ratios.length === 0) return
  const [least, middle, most] = [0, ratios.length >> 1, ratios.length - 1].map((index) => ratios[index].toFixed(3))
  console.log(`  achieved: x ${middle} at the median of the gates (${least} to ${most})`)
}

function mean(numbers) {
  return numbers.reduce((sum, one) => sum + one, 0) / Math.max(1, numbers.length)
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`
}

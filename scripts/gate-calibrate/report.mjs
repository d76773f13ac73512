/** Says how the gates of a kind went, with the interval of the share that failed. */
export function report(kind, lines) {
  if (lines.length === 0) return console.log(`${kind}: none yet`)
  const count = (wanted) => lines.filter(({ status }) => status === wanted).length
  const judged = lines.length - count('invalid')
  const [low, high] = wilson(count('fail'), judged)
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

/** Wilson's interval of a share, 95 %. */
function wilson(hits, of) {
  if (of === 0) return [0, 1]
  const z = 1.96
  const middle = (hits + z ** 2 / 2) / (of + z ** 2)
  const half = (z / (of + z ** 2)) * Math.sqrt((hits * (of - hits)) / of + z ** 2 / 4)
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`
}

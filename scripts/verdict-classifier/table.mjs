export function table(heads, lines) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...lines.map(line)].join('\n')
}

export const count = (rows, holds) => rows.filter(holds).length

/** `A 3, B 1` */
export function counted(words) {
  const counts = new Map()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].map(([word, times]) => `\`${word}\` ${times}`).join(', ') || 'none'
}

export function at(sorted, rank) {
  return sorted[Math.min(sorted.length - 1, Math.ceil((rank / 100) * sorted.length) - 1)]
}

export const ms = (us) => (us === undefined || us === null ? 'none' : `${(us / 1e3).toFixed(2)} ms`)
export const percent = (share) => (share === undefined ? 'none' : `${(share * 100).toFixed(0)} %`)

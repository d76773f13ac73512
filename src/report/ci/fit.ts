/** A part of a text that stands or falls as one but for its rows, of which there may be fewer. */
export interface Block {
  head: string[]
  rows: string[]
  tail: string[]
}

export interface Limit {
  most: number
  /** As whoever sets the limit counts: characters or bytes. */
  measure(text: string): number
}

/** Room for what says that something was left out. */
const RESERVE = 200

/** The blocks in their order, as much of them as fits. Once something is left out, nothing of less weight takes its place; `leftOut` says how many rows. */
export function fitted(blocks: readonly Block[], limit: Limit, leftOut: (rows: number) => string): string {
  const lines: string[] = []
  let room = limit.most - RESERVE
  let missing = 0
  for (const block of blocks) {
    const kept = missing > 0 ? null : fittingRows(block, room, limit)
    if (kept === null) {
      missing += Math.max(1, block.rows.length)
      continue
    }
    const shown = [...block.head, ...kept, ...block.tail, '']
    lines.push(...shown)
    room -= sizeOf(shown, limit)
    missing += block.rows.length - kept.length
  }
  return [...lines, ...(missing === 0 ? [] : [leftOut(missing), ''])].join('\n')
}

/** `null` where not even the first fits. */
function fittingRows({ head, rows, tail }: Block, room: number, limit: Limit): string[] | null {
  let used = sizeOf([...head, ...tail, ''], limit)
  let count = 0
  for (const row of rows) {
    used += sizeOf([row], limit)
    if (used > room) break
    count += 1
  }
  return used > room && count === 0 ? null : rows.slice(0, count)
}

/** With the ends of the lines. */
function sizeOf(lines: readonly string[], { measure }: Limit): number {
  return lines.reduce((sum, line) => sum + measure(line) + 1, 0)
}

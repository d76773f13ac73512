/** Heights of a column, the lowest first: in eighths of a cell, and for terminals that have no such characters. */
const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
const PLAIN = ['_', '.', '-', '=', '+', '*', '#', '@']

export interface SparklineOptions {
  /** In cells. */
  width: number
  /** Of the scale, which is logarithmic; above 0. */
  low: number
  high: number
  unicode: boolean
}

/** A line of small columns, one a value; where there are more than fit, neighbours share a column as high as the greatest. `null` is a gap. */
export function sparkline(values: readonly (number | null)[], { width, low, high, unicode }: SparklineOptions): string {
  const heights = unicode ? BLOCKS : PLAIN
  const columns = Math.min(values.length, Math.max(0, width))
  return Array.from({ length: columns }, (_, column) => {
    const group = values.slice(
      Math.floor((column * values.length) / columns),
      Math.floor(((column + 1) * values.length) / columns),
    )
    const known = group.filter((value) => value !== null)
    if (known.length === 0) return ' '
    const share = high > low ? Math.log(Math.max(...known) / low) / Math.log(high / low) : 0
    return heights[Math.max(0, Math.min(heights.length - 1, Math.floor(share * heights.length)))]
  }).join('')
}

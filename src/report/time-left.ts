/** `45s`, `3m05s`, `1h02m`: rounded up, so that it ends at 0. */
export function timeLeft(us: number): string {
  const seconds = Math.max(0, Math.ceil(us / 1e6))
  if (seconds < 60) return `${seconds}s`
  const two = (value: number): string => String(value).padStart(2, '0')
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`
  return `${Math.floor(seconds / 3_600)}h${two(Math.floor((seconds % 3_600) / 60))}m`
}

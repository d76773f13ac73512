/**
 * Collects what is garbage now, where the process runs with `--expose-gc`, as members do; elsewhere nothing happens.
 * What survives is old from then on, and no later collection of the young generation copies it.
 */
export function collectGarbage(): void {
  ;(globalThis as { gc?: () => void }).gc?.()
}

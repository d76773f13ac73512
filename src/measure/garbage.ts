/**
 * Collects what is garbage now, where the process runs with `--expose-gc`, as members do; elsewhere nothing happens. Takes some 25 ms with a heap of 15 MB.
 * What survives is old from then on, and no later collection of the young generation copies it.
 */
export function collectGarbage(): void {
  ;(globalThis as { gc?: () => void }).gc?.()
}

/** What a command may touch of the process it runs in. */
export interface Terminal {
  stdout: Output
  stderr: Output
  env: Readonly<Record<string, string | undefined>>
  /** Calls back at Ctrl-C or a polite end, each time, with the name of the signal. */
  onInterrupt(listener: (signal: string) => void): void
}

export interface Output {
  write(text: string): unknown
  on?(event: 'error', listener: (error: Error) => void): unknown
  isTTY?: boolean | undefined
  columns?: number | undefined
}

const DEFAULT_WIDTH = 120

/** Colour only on a terminal, and not where the user has said no (no-color.org). */
export function hasColour(output: Output, env: Terminal['env']): boolean {
  return output.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb'
}

export function widthOf(output: Output): number {
  return output.columns ?? DEFAULT_WIDTH
}

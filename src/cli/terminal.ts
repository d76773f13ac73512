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
  rows?: number | undefined
}

const DEFAULT_WIDTH = 120
const DEFAULT_HEIGHT = 24

/** Colour only on a terminal, and not where the user has said no (no-color.org). */
export function hasColour(output: Output, env: Terminal['env']): boolean {
  return output.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb'
}

export function widthOf(output: Output): number {
  return output.columns ?? DEFAULT_WIDTH
}

export function heightOf(output: Output): number {
  return output.rows ?? DEFAULT_HEIGHT
}

/** Whether somebody sees what changes in its place: at a terminal that can, and not where a CI says it is one. */
export function isWatched(output: Output, env: Terminal['env']): boolean {
  return output.isTTY === true && env.TERM !== 'dumb' && ['', 'false', '0'].includes(env.CI ?? '')
}

/** Whether the terminal has characters beyond ASCII, as far as its surroundings say. */
export function hasUnicode(env: Terminal['env'], platform: string = process.platform): boolean {
  if (env.TERM === 'linux') return false
  // Windows says nothing of encodings; its new terminal and that of editors have them all.
  if (platform === 'win32') return env.WT_SESSION !== undefined || env.TERM_PROGRAM !== undefined
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '') ?? ''
  // Without a locale in its surroundings macOS still has UTF-8.
  return locale === '' ? platform === 'darwin' : /utf-?8/i.test(locale)
}

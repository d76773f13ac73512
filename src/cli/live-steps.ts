import { type Output, widthOf } from './terminal.js'

const CLEAR_LINE = '\r\x1b[2K'

/** A line at a terminal that says what is looked at, and nothing anywhere else. */
export function liveSteps(output: Output): { step(title: string, leftUs: number): void; end(): void } {
  if (output.isTTY !== true) return { step() {}, end() {} }
  return {
    step: (title, leftUs) => {
      const line = `${title}; about ${Math.max(1, Math.round(leftUs / 1e6))} s left`
      output.write(`${CLEAR_LINE}${line.slice(0, widthOf(output) - 1)}`)
    },
    end: () => output.write(CLEAR_LINE),
  }
}

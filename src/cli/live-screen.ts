import { stripVTControlCharacters } from 'node:util'
import { type Output, widthOf } from './terminal.js'

const UP = (lines: number): string => (lines === 0 ? '' : `\x1b[${lines}A`)
const CLEAR_TO_END_OF_LINE = '\x1b[K'
const CLEAR_BELOW = '\x1b[J'

/**
 * Lines at the end of a terminal that are drawn anew in their place. Each drawing is one write, and leaves the cursor at the beginning of the line below:
 * whatever is written next, by whomever, begins a line of its own, and there is nothing to restore when the process ends, whichever way it does.
 */
export class LiveScreen {
  readonly #output: Output
  #drawn: readonly string[] = []

  constructor(output: Output) {
    this.#output = output
  }

  draw(lines: readonly string[]): void {
    this.#write([], lines)
  }

  /** Stays when what is below it is drawn anew. */
  printAbove(line: string): void {
    this.#write([line], this.#drawn)
  }

  clear(): void {
    this.#write([], [])
  }

  #write(above: readonly string[], lines: readonly string[]): void {
    const text = [...above, ...lines].map((line) => `${line}${CLEAR_TO_END_OF_LINE}\n`).join('')
    this.#output.write(`${UP(this.#rows)}\r${text}${CLEAR_BELOW}`)
    this.#drawn = lines
  }

  /** That are taken now by what was drawn: a terminal that has become narrower has wrapped it. */
  get #rows(): number {
    const width = Math.max(1, widthOf(this.#output))
    return this.#drawn.reduce(
      (rows, line) => rows + Math.max(1, Math.ceil([...stripVTControlCharacters(line)].length / width)),
      0,
    )
  }
}

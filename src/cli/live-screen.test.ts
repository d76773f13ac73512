import { expect, test } from 'vitest'
import { LiveScreen } from './live-screen.js'

/** What a terminal of a width shows, for the few codes that are used: it wraps what is too long, and what was wrapped stays so. */
class Screen {
  columns = 40
  isTTY = true
  writes = 0
  rows = 24
  readonly #rows: string[] = ['']
  #row = 0
  #column = 0

  write(text: string): void {
    this.writes++
    for (const token of text.match(/\p{Cc}\[\d*[AJKm]|\n|\r|\P{Cc}/gu) ?? []) this.#take(token)
  }

  get lines(): string[] {
    return this.#rows.slice(0, -1)
  }

  /** As terminals do that wrap anew what no longer fits. */
  narrow(columns: number): void {
    const rewrapped = this.lines.flatMap((row) => row.match(new RegExp(`.{1,${columns}}`, 'g')) ?? [''])
    this.#rows.splice(0, this.#rows.length, ...rewrapped, '')
    this.#row = rewrapped.length
    this.columns = columns
  }

  #take(token: string): void {
    const code = /^\p{Cc}\[(\d*)([AJKm])$/u.exec(token)
    if (code?.[2] === 'A') this.#row = Math.max(0, this.#row - Number(code[1]))
    else if (code?.[2] === 'J')
      this.#rows.splice(this.#row, this.#rows.length, (this.#rows[this.#row] ?? '').slice(0, this.#column))
    else if (code?.[2] === 'K') this.#rows[this.#row] = (this.#rows[this.#row] ?? '').slice(0, this.#column)
    else if (token === '\r') this.#column = 0
    else if (token === '\n') {
      this.#row++
      this.#column = 0
      this.#rows[this.#row] ??= ''
    } else if (code === null) this.#print(token)
  }

  #print(character: string): void {
    const row = this.#rows[this.#row] ?? ''
    this.#rows[this.#row] = `${row.slice(0, this.#column).padEnd(this.#column)}${character}${row.slice(this.#column + 1)}`
    this.#column++
  }
}

test('draws in place, with what stays above it, and leaves nothing when it is cleared', () => {
  const terminal = new Screen()
  terminal.write('before\n')
  const screen = new LiveScreen(terminal)
  screen.draw(['first', 'second, which is long'])
  screen.draw(['anew', 'short'])
  expect(terminal.lines).toEqual(['before', 'anew', 'short'])
  screen.printAbove('stays')
  screen.draw(['one line'])
  expect(terminal.lines).toEqual(['before', 'stays', 'one line'])
  screen.clear()
  expect(terminal.lines).toEqual(['before', 'stays'])
  terminal.write('after\n')
  expect(terminal.lines).toEqual(['before', 'stays', 'after'])
})

test('is one write a drawing, after which whatever is written begins a line of its own', () => {
  const terminal = new Screen()
  const screen = new LiveScreen(terminal)
  screen.draw(['first', '\x1b[1msecond\x1b[22m'])
  expect(terminal.writes).toBe(1)
  terminal.write('error\n')
  expect(terminal.lines).toEqual(['first', 'second', 'error'])
})

test('finds its beginning again in a terminal that has become narrower, colours aside', () => {
  const terminal = new Screen()
  terminal.write('before\n')
  const screen = new LiveScreen(terminal)
  screen.draw(['\x1b[36m0123456789012345678901234\x1b[39m', '', 'short'])
  terminal.narrow(10)
  expect(terminal.lines).toEqual(['before', '0123456789', '0123456789', '01234', '', 'short'])
  screen.draw(['anew'])
  expect(terminal.lines).toEqual(['before', 'anew'])
})

/** What the scripts of `feedbench completion` say before the words of the line so far. */
const ASKED = '--get-yargs-completions'

/** The words of a line that a shell wants completed, without the program's name, or `null` where none does. The last is begun. */
export function wordsToComplete(argv: readonly string[]): string[] | null {
  const asked = argv.indexOf(ASKED)
  if (asked < 0) return null
  const words = argv.slice(asked + 1)
  return /(^|\/)feedbench$/.test(words[0] ?? '') ? words.slice(1) : words
}

/** The option whose value the last word is, or begins to be. bash makes three words of an option with its value: --format = m */
export function optionBefore(words: readonly string[]): string | null {
  const before = words.at(words.at(-2) === '=' ? -3 : -2) ?? ''
  return before.startsWith('--') && before !== '--json' ? before : null
}

/**
 * Makes strings that came from a file harmless where they are shown. A result may come from somebody else's pull request:
 * its labels must not be able to move the cursor, hide a line, open a tag or close a table cell.
 */

/** Controls, format characters (which can reverse or hide text), unassigned, and the line separators. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu

/** One visible line: what a terminal would act on is spelled out, as in `\u{1b}`. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

/** Text that may have several lines, as descriptions do, on one. */
export function oneLine(text: string): string {
  return visible(text.trim().replace(/\s+/g, ' '))
}

/** All that Markdown or HTML could take for structure, or GitHub for a link, a mention or an emoji; `_` is none inside a word. */
const STRUCTURE = /[&<>"'`|\\*[\]{}~!$@#]|(?<![a-z0-9])_|_(?![a-z0-9])|:(?=\/\/|[\w+-]+:)|(?<=\bwww)\./gi

/** What begins a list, a rule or an underlined heading where it begins a line. */
const BLOCK_START = /^\s*(?:[-+=]|\d+[.)](?=\s|$))/

/** Text for Markdown, in or outside of a table: structure as entities, which stand for themselves only. */
export function markdownText(text: string): string {
  const shown = visible(text)
  const start = BLOCK_START.exec(shown)?.[0] ?? ''
  return `${start.slice(0, -1)}${start === '' ? '' : entity(start.slice(-1))}${shown.slice(start.length).replace(STRUCTURE, harmless)}`
}

/** GitHub looks for mentions and issue numbers in the text that it shows, where entities are characters again: hence the break. */
function harmless(character: string): string {
  return `${entity(character)}${character === '@' || character === '#' ? '&#8203;' : ''}`
}

/** A name or a line of code for Markdown. `<code>` where backticks would not do: a table splits its cells before it looks for them. */
export function markdownCode(text: string): string {
  const shown = visible(text)
  if (shown.trim() === '') return '<code>&#32;</code>'
  return /[`|\\]/.test(shown) ? `<code>${markdownText(shown)}</code>` : `\`${shown}\``
}

function entity(character: string): string {
  return `&#${character.codePointAt(0) ?? 0};`
}

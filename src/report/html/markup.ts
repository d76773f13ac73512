/** HTML that may be put into a page as it is. Only `html` and its like make it, so that nothing of a result gets there unescaped. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Content = Markup | string | number | null | readonly Content[]

/** A template whose values are escaped unless they are markup already; lists are joined, and `null` is nothing. */
export function html(literals: TemplateStringsArray, ...values: Content[]): Markup {
  return new Markup(
    literals.map((literal, place) => literal + (place < values.length ? textOf(values[place] ?? null) : '')).join(''),
  )
}

function textOf(value: Content): string {
  if (value === null) return ''
  if (value instanceof Markup) return value.text
  if (typeof value === 'object') return value.map(textOf).join('')
  return escapeHtml(shown(String(value)))
}

/** Controls and what reverses or hides text are spelled out, as at the terminal; line breaks and the space between thousands stay. */
const INVISIBLE = /(?![\n\u202f])[\p{C}\p{Zl}\p{Zp}]/gu

function shown(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}

/** JSON for a script element, out of which no text of it can break; what is not seen is spelled out, as JSON can. */
export function jsonForScript(value: unknown): Markup {
  const spelled = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return new Markup(
    JSON.stringify(value).replace(/[<>&\p{C}\p{Zl}\p{Zp}]/gu, (character) => character.split('').map(spelled).join('')),
  )
}

/** A figure with its exact value beside it, for whoever reads the page by a program. */
export function figure(value: number | null, format: (value: number | null) => string): Markup {
  return value === null ? html`${format(null)}` : html`<data value="${value}">${format(value)}</data>`
}

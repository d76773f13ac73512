/** An element of a parsed document. */
export interface XmlElement {
  name: string
  attributes: Record<string, string>
  children: XmlElement[]
  /** Its own, not that of its children. */
  text: string
}

const TOKEN = /<(\/?)([A-Za-z_][\w.-]*)((?:\s+[A-Za-z_][\w.-]*="[^"<]*")*)\s*(\/?)>|([^<]+)/y
// XML 1.0 has no other control characters than these three, and no half of a surrogate pair.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/u
const STRAY = /&(?!(?:amp|lt|gt|quot|apos|#\d+);)/

/** A strict reader of as much XML as reports are made of; throws where the text is not well-formed. */
export function parseXml(text: string): XmlElement {
  if (FORBIDDEN.test(text)) throw new Error('a character that XML cannot hold')
  if (STRAY.test(text)) throw new Error('an ampersand that is not escaped')
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  TOKEN.lastIndex = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/.exec(text)?.[0].length ?? 0
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    const parent = open.at(-1)
    if (match === null || parent === undefined) throw new Error(`not well-formed at ${JSON.stringify(text.slice(at, at + 60))}`)
    const [, end, name, attributes = '', isEmpty, between] = match
    if (between !== undefined) parent.text += unescaped(between)
    else if (end === '/') {
      if (open.pop()?.name !== name) throw new Error(`the end of ${name} has no beginning`)
    } else {
      const element = { name: name ?? '', attributes: attributesOf(attributes), children: [], text: '' }
      parent.children.push(element)
      if (isEmpty === '') open.push(element)
    }
  }
  const [only, ...others] = root.children
  if (open.length !== 1 || only === undefined || others.length > 0 || root.text.trim() !== '')
    throw new Error('expected one element')
  return only
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([\w.-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, unescaped(value)] as const)
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) throw new Error('an attribute twice')
  return Object.fromEntries(pairs)
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name) => ENTITIES[name] ?? whole)
}

import type { Problem } from '../model/errors.js'
import type { HeaderProfile } from '../model/plan.js'
import { type Path, type Places, show } from './problems.js'

const MAX_HEADERS = 50
const MAX_HEADERS_BYTES = 8 * 1024

/**
 * What Chrome sends with a request by fetch() to its own origin. A whole poll request has about 600 bytes with these.
 * `Accept` is left to the transports, some of which need their own; so is what belongs to the connection.
 */
const BROWSER: HeaderProfile['headers'] = [
  ['sec-ch-ua-platform', '"Windows"'],
  [
    'User-Agent',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  ],
  ['sec-ch-ua', '"Google Chrome";v="141", "Not?A_Brand";v="8", "Chromium";v="141"'],
  ['sec-ch-ua-mobile', '?0'],
  ['Sec-Fetch-Site', 'same-origin'],
  ['Sec-Fetch-Mode', 'cors'],
  ['Sec-Fetch-Dest', 'empty'],
  ['Referer', 'http://127.0.0.1/dashboard'],
  ['Accept-Encoding', 'gzip, deflate, br, zstd'],
  ['Accept-Language', 'en-US,en;q=0.9'],
]

/** Owned by HTTP or by a transport: to set them would break the framing or the protocol. */
const RESERVED = new Set([
  'accept',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'last-event-id',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** RFC 9110 section 5.1: a token. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** Printable ASCII and tabs, with nothing blank around: no line break can begin another header. */
const VALUE = /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/

export type HeadersInput = 'minimal' | 'browser' | Record<string, string | number | boolean>

export function headerProfile(input: HeadersInput): HeaderProfile {
  if (input === 'minimal') return { name: 'minimal', headers: [] }
  if (input === 'browser') return { name: 'browser', headers: BROWSER.map(([name, value]) => [name, value]) }
  return { name: 'custom', headers: Object.entries(input).map(([name, value]) => [name, String(value)]) }
}

/** What is wrong with headers of the scenario's own, at `base` in it: names, values, number and size. That values are texts is the schema's to say. */
export function headerProblems(input: unknown, places: Places, base: Path = ['headers']): Problem[] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return []
  const problems: Problem[] = []
  const report = (code: Problem['code'], path: Path, part: 'key' | 'value', message: string) =>
    problems.push({ code, where: places.where(path, part), message })
  const entries = Object.entries(input).map(([name, value]) => [name, typeof value === 'object' ? '' : String(value)] as const)
  const seen = new Set<string>()
  for (const [name, value] of entries) {
    const path = [...base, name]
    const key = name.toLowerCase()
    if (!NAME.test(name)) report('E_VALUE', path, 'key', `expected the name of a header, got ${show(name)}`)
    if (RESERVED.has(key) || key.startsWith('sec-websocket-')) {
      report('E_VALUE', path, 'key', `expected no header that belongs to the protocol, got ${show(name)}`)
    }
    if (seen.has(key)) report('E_VALUE', path, 'key', `expected each header once, got ${show(name)} again`)
    if (!VALUE.test(value)) report('E_VALUE', path, 'value', `expected printable ASCII without line breaks, got ${show(value)}`)
    seen.add(key)
  }
  if (entries.length > MAX_HEADERS)
    report('E_RANGE', base, 'value', `expected at most ${MAX_HEADERS} headers, got ${entries.length}`)
  const bytes = entries.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0)
  if (bytes > MAX_HEADERS_BYTES) report('E_RANGE', base, 'value', `expected headers of at most 8 KiB, got ${bytes} bytes`)
  return problems
}

// What readers trip over: pieces of text, and values.
import { deflateSync } from 'node:zlib'

/** Each between two spaces. */
const words = (text) => text.split(' ')

export const PIECES = [
  ...words('[ ] { } : - , " \' \\ | > % @ ` # & * ? ! ~ ? << --- ...'),
  ...[': ', '- ', '&a ', '*a', '<<: *a', '? ', '---\n', '!!binary ', '!!js/function ', '!!set ', '!a!b ', '%YAML 1.1\n---\n'],
  ...['\n', '\r', '\t', '  ', '\0', '\u001b[2J', '\u2028', '\ufeff', '\u202e', 'é', '😀', '\ud800'],
  ...words('.nan .inf -.inf -1 -0 0x 0o8 1e999 1e308 -1e308 5e-324 9007199254740993 0.1 1_000 00'),
  ...words('null true false on off yes __proto__ constructor prototype toString hasOwnProperty length then .. ./x.mjs'),
  ...words('100000/s 1ns 1e9s 99999h 1TiB 1/0 -5/s ∞ १s %s <script> $(x) ../../etc/passwd file:///x'),
]

/** Written as JSON, so that there are numbers and keys which no value could hold. */
export const VALUES = [
  ...words('null true false 0 -0 1 -1 0.5 1e308 -1e308 1e999 -1e999 5e-324 9007199254740993 1e21'),
  ...words(
    '"" "x" "0" "on" "off" "5/s" "1s" "*" "polling" "__proto__" "toString" "\\u0000" "\\u001b[31m" "\\ud800" "\\u202e|`<b>"',
  ),
  ...words('[] {} [[]] [{}] [null] {"":0} {"a":{"b":{}}} {"toString":1} {"length":-1} {"then":1} [1,2,3] ["a","a"]'),
  ...words('{"__proto__":{"polluted":1}} {"constructor":{"prototype":{"polluted":1}}} {"valueOf":null,"toString":null}'),
  '"2024-02-30T00:00:00Z"',
  `${'['.repeat(70)}${']'.repeat(70)}`,
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  `${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`,
  `[${'0,'.repeat(50_000)}0]`,
  `[${'{},'.repeat(5_000)}{}]`,
  `"${'x'.repeat(999)}"`,
  `"${'x'.repeat(20_000)}"`,
  // Histograms that are none: no head, a head alone, and 256 MiB of zeros, well packed.
  ...['"HISTggAAAA=="', '"HISTBAAAAAo="', JSON.stringify(packedZeros())],
]

function packedZeros() {
  const packed = deflateSync(Buffer.alloc(256 << 20), { level: 9 })
  const head = Buffer.alloc(8)
  head.writeUInt32BE(0x1c849304)
  head.writeUInt32BE(packed.length, 4)
  return Buffer.concat([head, packed]).toString('base64')
}

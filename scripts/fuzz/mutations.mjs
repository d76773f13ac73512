// What is done to a file's bytes, and to the values in it, so that it is nearly right.
import fc from 'fast-check'
import { PIECES, VALUES } from './pieces.mjs'

/** Places and lengths are shares of the file, so that one mutation fits files of all lengths. */
const share = fc.noBias(fc.nat(999_999_999)).map((number) => number / 1e9)
const shortLength = fc.oneof({ weight: 5, arbitrary: fc.nat(12) }, { weight: 1, arbitrary: fc.nat(2_000) })

const bytes = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...PIECES).map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 6 }).map((array) => Buffer.from(array)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...PIECES), fc.constantFrom(40, 700, 70_000))
      .map(([piece, times]) => Buffer.from(piece.repeat(times))),
  },
)

const byteMutation = fc.oneof(
  fc.record({ kind: fc.constant('replace'), at: share, length: shortLength, bytes }),
  fc.record({ kind: fc.constant('insert'), at: share, bytes }),
  fc.record({ kind: fc.constant('remove'), at: share, length: shortLength }),
  fc.record({ kind: fc.constant('flip'), at: share, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('copy'), at: share, length: shortLength, to: share }),
  fc.record({ kind: fc.constant('truncate'), at: share }),
)

const valueMutation = fc.oneof(
  fc.record({ kind: fc.constant('set'), at: share, json: fc.constantFrom(...VALUES) }),
  fc.record({ kind: fc.constant('delete'), at: share }),
  fc.record({ kind: fc.constant('duplicate'), at: share }),
  fc.record({ kind: fc.constant('move'), at: share, to: share }),
  fc.record({
    kind: fc.constant('rename'),
    at: share,
    json: fc.constantFrom('"x"', '""', '"__proto__"', '"constructor"', '"a.b"', '"\\u001b"'),
  }),
  fc.record({ kind: fc.constant('scale'), at: share, factor: fc.constantFrom(-1, 0.5, 2, 1e3, 1e6, 1e15, 1e300) }),
)

/** `file`: share of the list of files. */
export const mutatedBytes = fc.record({ file: share, bytes: fc.array(byteMutation, { minLength: 1, maxLength: 4 }) })
export const mutatedValues = fc.record({ file: share, values: fc.array(valueMutation, { minLength: 1, maxLength: 4 }) })

/** A buffer with the mutations done to it, one after the other. */
export function mutateBytes(buffer, mutations) {
  let now = buffer
  for (const { kind, at, length = 0, bytes: piece, bit, to } of mutations) {
    const place = Math.floor(at * now.length)
    const [before, after] = [now.subarray(0, place), now.subarray(place + length)]
    if (kind === 'replace' || kind === 'insert') now = Buffer.concat([before, piece, after])
    else if (kind === 'remove') now = Buffer.concat([before, after])
    else if (kind === 'truncate') now = before
    else if (kind === 'flip' && now.length > 0) {
      now = Buffer.from(now)
      now[place] ^= 1 << bit
    } else if (kind === 'copy') {
      const target = Math.floor(to * now.length)
      now = Buffer.concat([now.subarray(0, target), now.subarray(place, place + length), now.subarray(target)])
    }
  }
  return now
}

/** The JSON text of a value with the mutations done to it. The value itself is left as it was. */
export function mutateValues(value, mutations) {
  const root = structuredClone({ root: value })
  const raw = new Map()
  for (const { kind, at, json, to, factor } of mutations) {
    const places = placesIn(root)
    if (places.length === 0) break
    const { parent, key } = places[Math.floor(at * places.length)]
    if (kind === 'set') parent[key] = marked(json, raw)
    else if (kind === 'delete') remove(parent, key)
    else if (kind === 'duplicate' && Array.isArray(parent)) parent.splice(Number(key), 0, structuredClone(parent[key]))
    else if (kind === 'move') {
      const target = places[Math.floor(to * places.length)]
      target.parent[target.key] = structuredClone(parent[key])
    } else if (kind === 'rename' && !Array.isArray(parent)) {
      parent[marked(json, raw)] = parent[key]
      remove(parent, key)
    } else if (kind === 'scale' && typeof parent[key] === 'number') parent[key] *= factor
  }
  let text = JSON.stringify(root.root) ?? 'null'
  for (const [mark, json] of raw) text = text.replaceAll(JSON.stringify(mark), () => json)
  return text
}

/** A text that stands for JSON which is put in its place at the end. */
function marked(json, raw) {
  const mark = `\u0001mark ${raw.size}\u0001`
  raw.set(mark, json)
  return mark
}

function remove(parent, key) {
  if (Array.isArray(parent)) parent.splice(Number(key), 1)
  else delete parent[key]
}

/** Every place of a value, without recursion; long texts and numbers as likely as maps. */
function placesIn(root) {
  const places = []
  const open = [root]
  for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
    for (const key of Object.keys(parent)) {
      places.push({ parent, key })
      if (typeof parent[key] === 'object' && parent[key] !== null) open.push(parent[key])
    }
  }
  return places
}

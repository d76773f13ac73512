import { distance } from 'fastest-levenshtein'

/** Keys and indices from the root of the scenario to a value. */
export type Path = readonly (string | number)[]

/** Says where in the user's material a value stands: `file:line:column`, or the option that replaced it. */
export interface Places {
  /** A value that is not there is placed where it ought to have been: at what is nearest above it. */
  where(path: Path, part?: 'key' | 'value'): string
  /** Whether the value came from elsewhere than its own place in the file. */
  isMoved(path: Path): boolean
}

/** The same places, but for values that were replaced from a command line or a matrix. */
export function movePlaces(places: Places, moves: readonly (readonly [path: Path, where: string])[]): Places {
  const find = (path: Path) => moves.find(([moved]) => moved.every((step, index) => step === path[index]))
  return {
    where: (path, part) => find(path)?.[1] ?? places.where(path, part),
    isMoved: (path) => find(path) !== undefined || places.isMoved(path),
  }
}

/** Where several values together are wrong, the one that was moved is most likely to blame; else the first. */
export function likelyPlace(places: Places, [first, ...others]: readonly [Path, ...Path[]]): string {
  return places.where([first, ...others].find((path) => places.isMoved(path)) ?? first)
}

const SHOWN_CHARACTERS = 60

/** What came, as it can be shown in a message: in one line, not too long, without control characters. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a map'
  const text = typeof value === 'string' ? JSON.stringify(shortened(value)) : String(value)
  // JSON leaves the C1 control characters as they are, which some terminals obey.
  return text.replace(/\p{C}/gu, '?')
}

function shortened(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text
}

/** The nearest known name where it is near enough to be meant, otherwise all of them. */
export function suggest(name: string, known: readonly string[], noun: string): string {
  const meant = nearest(name, known)
  if (meant !== undefined) return `did you mean ${meant}?`
  return known.length === 0 ? `there are no ${noun}` : `known ${noun}: ${known.join(', ')}`
}

/** At most a third of the letters may be wrong. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = name.slice(0, 100).toLowerCase()
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const candidate of known) {
    const changes = distance(wanted, candidate.toLowerCase())
    if (changes < least && changes <= Math.max(1, Math.floor(Math.max(candidate.length, wanted.length) / 3))) {
      least = changes
      best = candidate
    }
  }
  return best
}

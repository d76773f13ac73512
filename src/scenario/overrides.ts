import type { Problem } from '../model/errors.js'
import { movePlaces, type Path, type Places, show, suggest } from './problems.js'

/** What a command line sets instead of the scenario, as typed. An axis of the matrix over the same thing goes away. */
export interface Overrides {
  /** Names or labels, separated by commas. */
  transports?: string | undefined
  clients?: string | number | undefined
  /** Of the measured window: `10s`, or a number of seconds. */
  duration?: string | number | undefined
  rounds?: string | number | undefined
  seed?: string | number | undefined
  /** Whether the target may be a server on another machine. */
  allowRemote?: boolean | undefined
}

type Root = Readonly<Record<string, unknown>>

/** The scenario's root with the overrides in it. Problems with these are placed at their options: `--clients`. */
export function applyOverrides(
  root: Root,
  places: Places,
  { clients, duration, rounds, seed }: Overrides,
): { root: Root; places: Places } {
  const values: [option: string, path: readonly string[], value: unknown][] = [
    ['--clients', ['clients'], numberOf(clients)],
    ['--duration', ['phases', 'measure'], durationOf(duration)],
    ['--rounds', ['rounds'], numberOf(rounds)],
    ['--seed', ['seed'], numberOf(seed)],
  ]
  const given = values.filter(([, , value]) => value !== undefined)
  const changed: Record<string, unknown> = { ...root }
  for (const [, [key = '', inner], value] of given) {
    if (inner === undefined) changed[key] = value
    // What is no map is a problem of its own, which an option must not hide.
    else if (changed[key] === undefined || isMap(changed[key]))
      changed[key] = { ...(changed[key] as object | undefined), [inner]: value }
  }
  if (isMap(changed.matrix)) {
    const replaced = given.map(([, path]) => path.join('.'))
    changed.matrix = Object.fromEntries(Object.entries(changed.matrix).filter(([axis]) => !replaced.includes(axis)))
  }
  const moves = given.map(([option, path]): readonly [Path, string] => [path, option])
  return { root: changed, places: movePlaces(places, moves) }
}

/** Which entries `--transports` leaves: indices in the scenario's order. What selects nothing is a problem. */
export function selectTransports(
  selection: string | undefined,
  labels: readonly string[],
  names: readonly string[],
): { kept: number[]; problems: Problem[] } {
  if (selection === undefined) return { kept: [...labels.keys()], problems: [] }
  // Labels may have commas between their parentheses.
  const wanted = selection.split(/,(?![^(]*\))/).map((text) => text.trim())
  const problems = wanted
    .filter((text) => !labels.includes(text) && !names.includes(text))
    .map((text): Problem => {
      const hint = suggest(text, [...new Set([...labels, ...names])], 'transports')
      return {
        code: 'E_UNKNOWN_TRANSPORT',
        where: '--transports',
        message: `expected transports or labels of the scenario, got ${show(text)}`,
        hint,
      }
    })
  const kept = [...labels.keys()].filter((index) => wanted.includes(labels[index] ?? '') || wanted.includes(names[index] ?? ''))
  return { kept, problems }
}

/** Digits become a number; what else was typed is left for the schema to refuse. */
function numberOf(typed: string | number | undefined): unknown {
  return typeof typed === 'string' && /^\s*\d+\s*$/.test(typed) ? Number(typed) : typed
}

function durationOf(typed: string | number | undefined): unknown {
  const text = typed === undefined ? undefined : String(typed)
  return text !== undefined && /^\s*(\d+(\.\d+)?|\.\d+)\s*$/.test(text) ? `${text.trim()}s` : text
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

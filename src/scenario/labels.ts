import type { Problem } from '../model/errors.js'
import { baseValue } from './base-value.js'
import type { Places } from './problems.js'
import { optionsShape } from './shape.js'
import { effectiveOptions, type TransportEntry } from './transports.js'

/** Whether an axis of the matrix sets this option of this entry. */
export type DecidedOptions = (entry: TransportEntry, option: string) => boolean

/**
 * The label of each entry: its transport, or with the options in which it differs where the transport occurs more than once,
 * as a scenario would write them: `polling(interval=1s)`. What a matrix decides is in the load point and not in the label.
 */
export function labelEntries(entries: readonly TransportEntry[], coalesce: unknown, isDecided: DecidedOptions): string[] {
  return entries.map((entry) => {
    const peers = entries.filter(({ descriptor }) => descriptor.name === entry.descriptor.name)
    const written = (peer: TransportEntry, option: string) =>
      isDecided(peer, option)
        ? undefined
        : (own(effectiveOptions(peer, coalesce), option) ?? own(optionsShape(peer.descriptor).properties ?? {}, option)?.default)
    const differs = (option: string) => new Set(peers.map((peer) => JSON.stringify(baseValue(written(peer, option))))).size > 1
    const differing = optionNames(peers)
      .filter((option) => differs(option) && !isDecided(entry, option))
      .map((option) => ({ option, value: written(entry, option) }))
    // What an entry does not have, such as the time-out of a ping that is off, is said by what it has; but something must be said.
    const known = differing.filter(({ value }) => value !== undefined)
    const parts = (known.length > 0 ? known : differing).map(({ option, value }) => `${option}=${print(value)}`)
    return parts.length === 0 ? entry.descriptor.name : `${entry.descriptor.name}(${parts.join(',')})`
  })
}

/** Two entries with one label could not be told apart in any table. */
export function labelProblems(entries: readonly TransportEntry[], labels: readonly string[], places: Places): Problem[] {
  return entries.flatMap(({ path, descriptor }, index) => {
    const first = labels.indexOf(labels[index] ?? '')
    return first === index ? [] : [duplicateProblem(path[1] as number, descriptor.name, places)]
  })
}

export function duplicateProblem(index: number, name: string, places: Places): Problem {
  return {
    code: 'E_DUPLICATE_LABEL',
    where: places.where(['transports', index]),
    message: `expected entries that differ, got ${name} again with the same options`,
    hint: 'remove one of the two, or give it other options',
  }
}

/** In the schema's order, then what schemas do not know. */
function optionNames(peers: readonly TransportEntry[]): string[] {
  return [
    ...new Set(
      peers.flatMap(({ descriptor, options }) => [
        ...Object.keys(optionsShape(descriptor).properties ?? {}),
        ...Object.keys(options),
        'coalesce',
      ]),
    ),
  ]
}

/** Options come from a file, and may be called as what every object has. */
function own<Value>(map: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined
}

function print(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null)
  // A label is one line of a table, and part of a threshold.
  return text.replace(/\s/g, '').replace(/\p{C}/gu, '?').slice(0, 60)
}

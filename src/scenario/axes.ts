import type { Problem } from '../model/errors.js'
import { baseValue } from './base-value.js'
import type { Draft } from './check.js'
import type { DecidedOptions } from './labels.js'
import { type Path, type Places, show, suggest } from './problems.js'
import { knownKeys, optionsShape, type Shape, scenarioShape, shapeAt } from './shape.js'
import type { TransportEntry } from './transports.js'

type Scalar = string | number | boolean

export interface AxisValue {
  written: Scalar
  /** In base units, as in a load point. */
  value: Scalar
  where: string
}

/** One key of the matrix. */
export interface Axis {
  /** As written: `feed.rate`, `transports.polling.interval`. */
  name: string
  /** Of a key of the scenario; `null` for an option of a transport. */
  path: readonly string[] | null
  option: { transport: string; name: string } | null
  values: AxisValue[]
}

const PLAIN_AXES = ['clients', 'coalesce', 'headers', 'network.rtt', 'network.jitter', 'network.bandwidth', 'network.loss']

/**
 * Reads the matrix. An axis that names nothing that can vary, or a value that comes twice, is E_MATRIX; other faults are the schema's.
 * `allFound`: whether `entries` are all; otherwise nobody knows which axes over transports there are.
 */
export function readAxes(
  matrix: unknown,
  entries: readonly TransportEntry[],
  allFound: boolean,
  places: Places,
): { axes: Axis[]; problems: Problem[] } {
  const axes: Axis[] = []
  const problems: Problem[] = []
  if (typeof matrix !== 'object' || matrix === null || Array.isArray(matrix)) return { axes, problems }
  const known = axisNames(entries)
  for (const [name, list] of Object.entries(matrix)) {
    if (!known.includes(name)) {
      if (!allFound && name.startsWith('transports.')) continue
      const message = `expected a key of the scenario that can vary, got ${show(name)}`
      problems.push({
        code: 'E_MATRIX',
        where: places.where(['matrix', name], 'key'),
        message,
        hint: suggest(name, known, 'axes'),
      })
    } else if (Array.isArray(list)) {
      const { values, repeated } = readValues(list, ['matrix', name], places)
      axes.push({ name, ...target(name), values })
      problems.push(...repeated)
    }
  }
  return { axes, problems }
}

/** The draft with one value of an axis in its place, and the places that this moves. */
export function applyAxis(
  draft: Draft,
  axis: Axis,
  { written, where }: AxisValue,
): { draft: Draft; moves: (readonly [Path, string])[] } {
  if (axis.path !== null) return { draft: { ...draft, root: setAt(draft.root, axis.path, written) }, moves: [[axis.path, where]] }
  const moves: (readonly [Path, string])[] = []
  const entries = draft.entries.map((entry) => {
    if (axis.option === null || entry.descriptor.name !== axis.option.transport) return entry
    moves.push([[...entry.path, axis.option.name], where])
    return { ...entry, options: { ...entry.options, [axis.option.name]: written } }
  })
  return { draft: { ...draft, entries }, moves }
}

/** Whether one of the axes sets an option of an entry: by its name, or as the scenario's `coalesce` where the entry has none of its own. */
export function decidedBy(axes: readonly Axis[]): DecidedOptions {
  return (entry, option) =>
    axes.some((axis) => axis.option?.transport === entry.descriptor.name && axis.option.name === option) ||
    (option === 'coalesce' && entry.options.coalesce === undefined && axes.some(({ name }) => name === 'coalesce'))
}

function axisNames(entries: readonly TransportEntry[]): string[] {
  const ofTransports = entries.flatMap(({ descriptor, options }) =>
    [...knownKeys(optionsShape(descriptor)), ...Object.keys(options)].map((option) => `transports.${descriptor.name}.${option}`),
  )
  const ofSections = ['feed', 'phases', 'slowReaders'].flatMap((section) => leaves(shapeAt(scenarioShape, [section]), section))
  return [...new Set([...PLAIN_AXES, ...ofSections, ...ofTransports])]
}

function leaves(shape: Shape | undefined, path: string): string[] {
  const keys = knownKeys(shape)
  return keys.length === 0 ? [path] : keys.flatMap((key) => leaves(shapeAt(shape ?? {}, [key]), `${path}.${key}`))
}

function target(name: string): Pick<Axis, 'path' | 'option'> {
  const [first = '', transport, ...option] = name.split('.')
  if (first === 'transports' && transport !== undefined) return { path: null, option: { transport, name: option.join('.') } }
  return { path: name.split('.'), option: null }
}

function readValues(list: readonly unknown[], path: Path, places: Places): { values: AxisValue[]; repeated: Problem[] } {
  const values: AxisValue[] = []
  const repeated: Problem[] = []
  for (const [index, written] of list.entries()) {
    // What is no scalar is said by the schema.
    if (typeof written !== 'string' && typeof written !== 'number' && typeof written !== 'boolean') continue
    const where = places.where([...path, index])
    const value = baseValue<Scalar>(written)
    // A number that lacks its unit is not the text that has one: `5/s` and `5`.
    const isSame = (other: AxisValue) =>
      other.value === value && (typeof value === 'boolean' || typeof other.written === typeof written)
    if (values.some(isSame)) {
      repeated.push({ code: 'E_MATRIX', where, message: `expected each value once, got ${show(written)} again` })
    }
    values.push({ written, value, where })
  }
  return { values, repeated }
}

function setAt(
  root: Readonly<Record<string, unknown>>,
  [key, ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  if (key === undefined) return root
  if (rest.length === 0) return { ...root, [key]: value }
  const inner = root[key]
  const map = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Record<string, unknown>) : {}
  return { ...root, [key]: setAt(map, rest, value) }
}

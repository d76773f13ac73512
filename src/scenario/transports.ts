import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FeedbenchError, type Problem } from '../model/errors.js'
import type { ScenarioTransport } from '../model/scenario.js'
import { builtInModule, builtInTransports, loadTransport } from '../transports/registry.js'
import type { TransportDescriptor } from '../transports/transport.js'
import { issueProblems } from './issues.js'
import { type Path, type Places, show, suggest } from './problems.js'
import { knownKeys, optionsShape } from './shape.js'

/** One entry of `transports`, its transport found, its options as they are written. */
export interface TransportEntry {
  descriptor: TransportDescriptor
  module: string
  options: Record<string, unknown>
  /** To the options within the scenario. */
  path: Path
}

interface Named {
  name: string
  options: unknown
  path: Path
}

/**
 * Finds the transport of each entry; plug-ins are loaded, relative to the scenario's file.
 * An entry that is wrong is a problem and is left out.
 */
export async function readTransports(
  list: unknown,
  file: string,
  places: Places,
): Promise<{ entries: TransportEntry[]; problems: Problem[] }> {
  const entries: TransportEntry[] = []
  const problems: Problem[] = []
  // What is no list is for the schema to say; so is one that is too long, of which no plug-in is loaded.
  if (!Array.isArray(list) || list.length > 50) return { entries, problems }
  for (const [index, item] of list.entries()) {
    const named = nameOf(item, ['transports', index], places)
    if ('code' in named) {
      problems.push(named)
      continue
    }
    const found = await findTransport(named, file, places)
    if ('code' in found) problems.push(found)
    else if (!isMap(named.options))
      problems.push({
        code: 'E_TYPE',
        where: places.where(named.path),
        message: `expected a map of options, got ${show(named.options)}`,
      })
    else entries.push({ ...found, options: named.options, path: named.path })
  }
  return { entries, problems }
}

/** Checks an entry's options with the transport's own schema; `coalesce` is the scenario's, for transports that know it. */
export function checkOptions(
  entry: TransportEntry,
  coalesce: unknown,
  places: Places,
): { transport: ScenarioTransport | null; problems: Problem[] } {
  const { descriptor, module, path } = entry
  const value = effectiveOptions(entry, coalesce)
  try {
    const result = descriptor.optionsSchema.safeParse(value)
    if (result.success)
      return { transport: { transport: descriptor.name, module, options: result.data as Record<string, unknown> }, problems: [] }
    return {
      transport: null,
      problems: issueProblems(result.error.issues, { value, shape: optionsShape(descriptor), path, places }),
    }
  } catch (error) {
    const message = `expected a plug-in that can check its options, got: ${messageOf(error)}`
    return { transport: null, problems: [{ code: 'E_PLUGIN', where: places.where(path), message }] }
  }
}

/** An entry's options as written, and the scenario's `coalesce` where it applies. */
export function effectiveOptions({ descriptor, options }: TransportEntry, coalesce: unknown): Record<string, unknown> {
  const applies =
    coalesce !== undefined && options.coalesce === undefined && knownKeys(optionsShape(descriptor)).includes('coalesce')
  return applies ? { ...options, coalesce } : options
}

function nameOf(item: unknown, path: Path, places: Places): Named | Problem {
  if (typeof item === 'string') return { name: item, options: {}, path: [...path, item] }
  const keys = isMap(item) ? Object.keys(item) : []
  const [name] = keys
  if (isMap(item) && name !== undefined && keys.length === 1) return { name, options: item[name] ?? {}, path: [...path, name] }
  const came = keys.length > 1 ? `a map of ${keys.length} keys` : show(item)
  const hint = keys.length > 1 ? { hint: `indent the options further than the name: - ${keys[0]}: { ${keys[1]}: ... }` } : {}
  return {
    code: 'E_TYPE',
    where: places.where(path),
    message: `expected the name of a transport, or one name with options, got ${came}`,
    ...hint,
  }
}

async function findTransport(
  { name, path }: Named,
  file: string,
  places: Places,
): Promise<Pick<TransportEntry, 'descriptor' | 'module'> | Problem> {
  const where = places.where(path, 'key')
  if (/^(\.{0,2}\/|file:)/.test(name)) return loadPlugIn(name, file, where)
  const descriptor = builtInTransports.find((candidate) => candidate.name === name)
  if (descriptor !== undefined) return { descriptor, module: builtInModule(name) }
  const names = builtInTransports.map((candidate) => candidate.name)
  const message = `expected the name of a transport or the path of a plug-in, got ${show(name)}`
  return { code: 'E_UNKNOWN_TRANSPORT', where, message, hint: suggest(name, names, 'transports') }
}

async function loadPlugIn(
  name: string,
  file: string,
  where: string,
): Promise<Pick<TransportEntry, 'descriptor' | 'module'> | Problem> {
  try {
    const module = name.startsWith('file:') ? new URL(name).href : pathToFileURL(resolve(dirname(file), name)).href
    const descriptor = await loadTransport(module)
    if (builtInTransports.every((builtIn) => builtIn.name !== descriptor.name)) return { descriptor, module }
    return {
      code: 'E_PLUGIN',
      where,
      message: `expected a name that no transport of feedbench has, got ${show(descriptor.name)} from ${show(name)}`,
    }
  } catch (error) {
    const [problem] = error instanceof FeedbenchError ? error.problems : []
    return {
      code: 'E_PLUGIN',
      ...problem,
      where,
      message: `${short((problem?.message ?? `expected a module that loads, got: ${messageOf(error)}`).replace(/ imported from \S+$/, ''))} (${short(name)})`,
    }
  }
}

const LONGEST_SHOWN = 400

/** A path may be as long as the scenario, and stands in what its module says too. */
function short(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : show(error)
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

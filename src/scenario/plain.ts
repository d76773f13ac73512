import { isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode } from 'yaml'
import type { Problem } from '../model/errors.js'
import { type Path, show } from './problems.js'

const MAX_DEPTH = 32
/** Nodes that aliases may add: far above what people write, far below what hurts. */
const MAX_ALIASED_NODES = 10_000

/** Where a value stands, in characters from the start of the text. */
export interface PlacedNode {
  offset: number
  /** Of the key before it; `null` in lists and at the root. */
  keyOffset: number | null
  children: Map<string | number, PlacedNode>
}

/** A problem whose place is still an offset. */
export interface Fault extends Omit<Problem, 'where'> {
  offset: number
  path: Path
}

interface Walk {
  faults: Fault[]
  anchors: Map<string, ParsedNode>
  /** Anchors that are being expanded, to notice one inside itself. */
  open: Set<string>
  aliasedNodes: number
}

interface Plain {
  value: unknown
  node: PlacedNode
}

/**
 * Turns parsed YAML into plain values by hand, because a scenario may be hostile: bounded depth and aliases, no key twice,
 * no key that reaches a prototype, only finite numbers. The order of nodes is the text's, so an alias finds the last anchor before it.
 */
export function toPlain(root: ParsedNode): Plain & { faults: Fault[] } {
  const walk: Walk = { faults: [], anchors: new Map(), open: new Set(), aliasedNodes: 0 }
  return { ...convert(root, [], walk), faults: walk.faults }
}

function convert(node: ParsedNode | null, path: Path, walk: Walk): Plain {
  const offset = node?.range[0] ?? 0
  const placed: PlacedNode = { offset, keyOffset: null, children: new Map() }
  if (node === null) return { value: null, node: placed }
  if (walk.open.size > 0) walk.aliasedNodes += 1
  // Once is said, and from there on nothing is expanded.
  if (walk.aliasedNodes === MAX_ALIASED_NODES)
    return refused('E_YAML_ALIASES', `expected aliases of at most ${MAX_ALIASED_NODES} values, got more`)
  if (walk.aliasedNodes > MAX_ALIASED_NODES) return { value: null, node: placed }
  if (path.length > MAX_DEPTH) return refused('E_YAML', `expected at most ${MAX_DEPTH} levels of nesting, got more`)
  if (isAlias(node)) return expandAlias(node.source, offset, path, walk)
  if (node.anchor !== undefined) walk.anchors.set(node.anchor, node)
  if (isMap(node))
    return { value: convertMap(node.items as Pair<ParsedNode, ParsedNode | null>[], path, walk, placed), node: placed }
  if (isSeq(node)) {
    const items = node.items as (ParsedNode | null)[]
    const value = items.map((item, index) => {
      const child = convert(item, [...path, index], walk)
      placed.children.set(index, item === null ? { ...child.node, offset } : child.node)
      return child.value
    })
    return { value, node: placed }
  }
  const value: unknown = isScalar(node) ? node.value : undefined
  if (typeof value === 'number' && !Number.isFinite(value)) return refused('E_RANGE', `expected a finite number, got ${value}`)
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return { value, node: placed }
  return refused('E_TYPE', 'expected a text, a number, on or off, a list or a map, got another kind of value')

  function refused(code: Fault['code'], message: string): Plain {
    walk.faults.push({ code, message, offset, path })
    return { value: null, node: placed }
  }
}

function convertMap(pairs: readonly Pair<ParsedNode, ParsedNode | null>[], path: Path, walk: Walk, placed: PlacedNode): object {
  const value: Record<string, unknown> = {}
  for (const pair of pairs) {
    const offset = pair.key?.range?.[0] ?? placed.offset
    const name: unknown = isScalar(pair.key) ? pair.key.value : undefined
    if (isScalar(pair.key) && pair.key.anchor !== undefined) walk.anchors.set(pair.key.anchor, pair.key)
    if (typeof name !== 'string') {
      const message = `expected a text as key, got ${isScalar(pair.key) ? String(pair.key.value) : 'a list, a map or an alias'}`
      walk.faults.push({ code: 'E_TYPE', message, offset, path: [...path, String(name)] })
      continue
    }
    const childPath = [...path, name]
    if (name === '__proto__' || Object.hasOwn(value, name)) {
      const code = name === '__proto__' ? 'E_UNKNOWN_KEY' : 'E_YAML'
      const message =
        name === '__proto__' ? `expected another key, got ${name}` : `expected each key once, got ${show(name)} again`
      walk.faults.push({ code, message, offset, path: childPath })
      continue
    }
    const child = convert(pair.value, childPath, walk)
    value[name] = child.value
    // What is empty has no place of its own that would mean something.
    const isEmpty = pair.value === null || (isScalar(pair.value) && pair.value.value === null)
    const childOffset = isEmpty ? offset : child.node.offset
    placed.children.set(name, { ...child.node, offset: childOffset, keyOffset: offset })
  }
  return value
}

function expandAlias(source: string, offset: number, path: Path, walk: Walk): Plain {
  const target = walk.anchors.get(source)
  if (target === undefined || walk.open.has(source)) {
    const why = target === undefined ? 'an alias of an anchor above it' : 'no anchor that contains itself'
    walk.faults.push({
      code: target === undefined ? 'E_YAML' : 'E_YAML_ALIASES',
      message: `expected ${why}, got ${show(`*${source}`)}`,
      offset,
      path,
    })
    return { value: null, node: { offset, keyOffset: null, children: new Map() } }
  }
  walk.open.add(source)
  const { value, node } = convert(target, path, walk)
  walk.open.delete(source)
  return { value, node: { ...node, offset } }
}

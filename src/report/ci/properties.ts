import type { CiProperty } from './view.js'

const MOST = 80
const DEEPEST = 4

/** `os.platform`, `linux`: what can be written on a line, of whatever describes an environment. A file may hold anything: bounded in number and depth. */
export function propertiesOf(value: unknown, prefix = '', depth = 0): CiProperty[] {
  if (value === null || value === undefined) return []
  if (typeof value !== 'object') return [{ name: prefix, value: String(value) }]
  if (depth === DEEPEST) return []
  return Object.entries(value)
    .slice(0, MOST)
    .flatMap(([key, member]) => propertiesOf(member, prefix === '' ? key : `${prefix}.${key}`, depth + 1))
    .slice(0, MOST)
}

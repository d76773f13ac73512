import type { TransportDescriptor } from '../transports/transport.js'
import { optionsShape } from './shape.js'

/** A transport's options as a scenario would write them; `null` where there is no default or no description. */
export function describeOptions(
  descriptor: TransportDescriptor,
): { name: string; default: string | null; description: string | null }[] {
  return Object.entries(optionsShape(descriptor).properties ?? {}).map(([name, option]) => ({
    name,
    default: option.default === undefined ? null : written(option.default),
    description: option.description ?? null,
  }))
}

function written(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return String(value)
}

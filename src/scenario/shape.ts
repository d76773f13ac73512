import { z } from 'zod'
import type { TransportDescriptor } from '../transports/transport.js'
import type { Path } from './problems.js'
import { scenarioSchema } from './schema.js'

/** The parts of a JSON Schema that tell which keys there are, for hints, defaults as written, and axes of a matrix. */
export interface Shape {
  type?: string
  properties?: Record<string, Shape>
  additionalProperties?: Shape | boolean
  items?: Shape
  default?: unknown
  description?: string
  minimum?: number
  maximum?: number
}

export const scenarioShape: Shape = shapeOf(scenarioSchema) ?? {}

const optionShapes = new WeakMap<TransportDescriptor, Shape>()

/** What a transport's options look like; empty where a plug-in's schema cannot tell. */
export function optionsShape(descriptor: TransportDescriptor): Shape {
  const known = optionShapes.get(descriptor)
  if (known !== undefined) return known
  const shape = shapeOf(descriptor.optionsSchema) ?? {}
  optionShapes.set(descriptor, shape)
  return shape
}

/** The shape at a path, or `undefined` where nothing of the kind can be. */
export function shapeAt(shape: Shape, path: Path): Shape | undefined {
  let current: Shape | undefined = shape
  for (const step of path) {
    if (current === undefined) return undefined
    if (typeof step === 'number') {
      current = current.items
    } else {
      const rest: Shape | undefined = typeof current.additionalProperties === 'object' ? current.additionalProperties : undefined
      current = current.properties !== undefined && Object.hasOwn(current.properties, step) ? current.properties[step] : rest
    }
  }
  return current
}

export function knownKeys(shape: Shape | undefined): string[] {
  return Object.keys(shape?.properties ?? {})
}

function shapeOf(schema: unknown): Shape | undefined {
  try {
    return z.toJSONSchema(schema as z.ZodType, { io: 'input', target: 'draft-7', unrepresentable: 'any' }) as Shape
  } catch {
    // A plug-in may bring any object that has a safeParse.
    return undefined
  }
}

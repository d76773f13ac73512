import { z } from 'zod'
import { builtInTransports } from '../transports/registry.js'
import { scenarioSchema } from './schema.js'

/** A scenario's JSON Schema (draft 7), as editors understand it; the transports in it are those that come with feedbench. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const names = builtInTransports.map(({ name }) => name) as [string, ...string[]]
  const configured = builtInTransports.map(({ name, summary, optionsSchema }) =>
    z.strictObject({ [name]: z.union([optionsSchema, z.null()]).describe(summary) }),
  )
  const plugIn = '^(\\.{0,2}/|file:)'
  const entry = z
    .union([z.enum(names), z.string().regex(new RegExp(plugIn)), ...configured, plugInWithOptions(plugIn)])
    .describe('A transport by its name, or its name with options; a plug-in by its path')
  const transports = z
    .array(entry)
    .min(1)
    .max(50)
    .describe(scenarioSchema.shape.transports.description ?? '')
  const schema = z.toJSONSchema(scenarioSchema.extend({ transports }), { io: 'input', target: 'draft-7', unrepresentable: 'any' })
  const { $schema, ...rest } = schema as Record<string, unknown>
  return { $schema, title: 'feedbench scenario', ...rest }
}

function plugInWithOptions(pattern: string) {
  return z.record(z.string(), z.union([z.record(z.string(), z.unknown()), z.null()])).meta({
    propertyNames: { pattern },
    minProperties: 1,
    maxProperties: 1,
  })
}

import { FeedbenchError } from '../model/errors.js'
import { httpStreaming } from './http-streaming/descriptor.js'
import { longPolling } from './long-polling/descriptor.js'
import { polling } from './polling/descriptor.js'
import { sse } from './sse/descriptor.js'
import type { TransportDescriptor } from './transport.js'
import { websocket } from './websocket/descriptor.js'

/** A transport comes with feedbench by a folder beside this file and a line here. */
const BUILT_IN: unknown = [polling, longPolling, httpStreaming, sse, websocket]

const SCHEME = 'feedbench:'

/** In the order in which tables show them. */
export const builtInTransports = BUILT_IN as readonly TransportDescriptor[]

/** What a plan holds to find a built-in transport again: `feedbench:sse`. */
export function builtInModule(name: string): string {
  return SCHEME + name
}

/**
 * Finds a transport by its module specifier: `feedbench:<name>`, or the file URL of a plug-in,
 * whose default export is a descriptor.
 */
export async function loadTransport(module: string): Promise<TransportDescriptor> {
  if (module.startsWith(SCHEME)) {
    const found = builtInTransports.find(({ name }) => name === module.slice(SCHEME.length))
    if (found !== undefined) return found
    throw new FeedbenchError({
      code: 'E_UNKNOWN_TRANSPORT',
      where: module,
      message: `expected one of ${builtInTransports.map(({ name }) => name).join(', ')}`,
    })
  }
  let exported: unknown
  try {
    exported = ((await import(module)) as { default?: unknown }).default
  } catch (error) {
    throw pluginError(module, `expected a module that loads, got: ${(error as Error).message}`)
  }
  if (!isDescriptor(exported)) {
    throw pluginError(module, 'expected a default export {name, summary, optionsSchema, capabilities, server, client, predict?}')
  }
  return exported
}

function isDescriptor(value: unknown): value is TransportDescriptor {
  if (typeof value !== 'object' || value === null) return false
  const descriptor = value as Partial<TransportDescriptor>
  return (
    typeof descriptor.name === 'string' &&
    /^[a-z][a-z0-9-]{0,40}$/.test(descriptor.name) &&
    typeof descriptor.summary === 'string' &&
    typeof descriptor.optionsSchema?.safeParse === 'function' &&
    typeof descriptor.capabilities === 'object' &&
    typeof descriptor.server === 'function' &&
    typeof descriptor.client === 'function' &&
    (descriptor.predict === undefined || typeof descriptor.predict === 'function')
  )
}

function pluginError(module: string, message: string): FeedbenchError {
  return new FeedbenchError({
    code: 'E_PLUGIN',
    where: module,
    message,
    hint: 'see docs/transports.md for what a plug-in exports',
  })
}

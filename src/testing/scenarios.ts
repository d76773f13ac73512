import { FeedbenchError, type Problem } from '../model/errors.js'
import type { FleetDescription } from '../model/placement.js'
import type { LoadedScenario, Overrides, Place } from '../scenario/load.js'
import { type ReadingOptions, readScenario } from '../scenario/read.js'

/** A scenario's text in which only what a test is about is not ordinary; keys of `parts` replace whole lines. */
export function scenarioText(parts: Record<string, string | null> = {}): string {
  const ordinary: Record<string, string | null> = {
    name: 'test',
    feed: '{ rate: 20/s }',
    clients: '10',
    transports: '[polling, sse]',
  }
  const lines = Object.entries({ ...ordinary, ...parts }).filter(([, value]) => value !== null)
  return lines.map(([key, value]) => `${key}: ${value}\n`).join('')
}

export function read(parts: Record<string, string | null> = {}, overrides: Overrides = {}): Promise<LoadedScenario> {
  return readScenario(scenarioText(parts), { file: 's.yaml', overrides })
}

/** The problems of a text; none where it is a scenario. Any other error is passed on, and fails the test. */
export async function problemsOf(
  text: string,
  overrides: Overrides = {},
  others: Pick<ReadingOptions, 'forGate'> = {},
): Promise<readonly Problem[]> {
  try {
    await readScenario(text, { file: 's.yaml', overrides, ...others })
    return []
  } catch (error) {
    if (error instanceof FeedbenchError) return error.problems
    throw error
  }
}

/** `<code> <line>:<column>` of each problem. */
export async function placesOf(text: string, ...options: [Overrides?, Pick<ReadingOptions, 'forGate'>?]): Promise<string[]> {
  return (await problemsOf(text, ...options)).map(({ code, where }) => `${code} ${where.replace(/^s\.yaml:/, '')}`)
}

export const testFleet: FleetDescription = {
  kind: 'test',
  cores: [0, 1, 2, 3],
  descriptorsPerProcess: 65_536,
  portsPerAddress: 28_000,
  addresses: ['127.0.0.1'],
  memoryFreeBytes: 4e9,
  canPin: true,
  clock: { domain: 'test', offsetUs: 0, errorUs: 0 },
}

export const placeOnOneDriver: Place = (clients, _fleet, pin) => ({
  placement: {
    server: { cores: pin ? [0] : null },
    drivers: [{ cores: pin ? [1] : null, clients, sourceAddresses: ['127.0.0.1'] }],
  },
  cpuPlacement: pin ? { mode: 'pinned', reason: null } : { mode: 'shared', reason: 'turned off' },
})

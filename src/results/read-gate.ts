import { basename, join } from 'node:path'
import { FeedbenchError } from '../model/errors.js'
import type { GateResult } from '../model/gate.js'
import { checked, parseJson, refuseOtherVersion } from './check.js'
import { FOLDER, readContent } from './file-content.js'
import { GATE_SCHEMA_VERSION, gateSchema } from './gate-schema.js'

export const GATE_FILE = 'gate.json'

/**
 * Reads a gate from its folder or from its `gate.json`; `null` where there is neither, so that it may be a run.
 * E_NOT_A_RUN, E_FILE_TOO_LARGE, or E_RESULT_SCHEMA with the first 20 problems.
 */
export async function readGate(path: string): Promise<GateResult | null> {
  const file = basename(path) === GATE_FILE ? path : join(path, GATE_FILE)
  const text = await readContent(file, notAGate)
  if (text === null || text === FOLDER) return null
  const value = parseJson(file, text)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw notAGate(file, 'expected a gate, got a file that is not a JSON object')
  refuseOtherVersion(file, (value as { schemaVersion?: unknown }).schemaVersion, GATE_SCHEMA_VERSION, GATE_FILE)
  return checked(file, value, gateSchema)
}

function notAGate(where: string, message: string): FeedbenchError {
  const hint = `name the folder of a gate, or the ${GATE_FILE} in it`
  return new FeedbenchError({ code: 'E_NOT_A_RUN', where, message, hint })
}

/** With its members in the order in which a reader gets them: the same gate is the same text, whoever wrote it. */
export function inOrder(gate: GateResult): GateResult {
  return checked(GATE_FILE, gate, gateSchema)
}

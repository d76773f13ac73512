import { open, readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { FeedbenchError } from '../model/errors.js'
import type { GateResult, GateRound } from '../model/gate.js'
import { checked, parseJson } from './check.js'
import { appendLine, exists, makeFolder, makeFolders, replaceWhole, slug, syncFolder, timestamp } from './durable.js'
import { checkRounds } from './gate-rounds.js'
import { roundSchema } from './gate-schema.js'
import { outputError } from './output-error.js'
import { GATE_FILE, readGate } from './read-gate.js'
import { JOURNAL_FILE, PLAN_FILE, RESULT_FILE } from './run-folder.js'

const ROUNDS_FILE = 'rounds.ndjson'

/** Where a gate keeps its rounds and its verdict. Throws E_OUTPUT where it cannot write; calls must not overlap. */
export interface GateFolder {
  /** Absolute. */
  readonly path: string
  /** A line in the journal, on the disk when it returns. */
  appendRound(round: GateRound): Promise<void>
  /** Whole or not at all. */
  write(result: GateResult): Promise<void>
}

/** The folder of a new gate: `path` where one is given, which must hold neither a gate nor a run (E_RUN_EXISTS), else one below `below` called after time and name. */
export async function createGateFolder(
  path: string | null,
  name: string,
  startedAtWallUs: number,
  below: string,
): Promise<GateFolder> {
  if (path === null) return gateFolder(await makeFolder(resolve(below), `${timestamp(startedAtWallUs)}-${slug(name)}`))
  if (path === '') throw outputError('--out', new Error('an empty name'))
  try {
    await makeFolders(resolve(path))
  } catch (error) {
    throw outputError(path, error)
  }
  for (const file of [GATE_FILE, ROUNDS_FILE, PLAN_FILE, JOURNAL_FILE, RESULT_FILE]) {
    if (!(await exists(join(path, file)))) continue
    throw new FeedbenchError({
      code: 'E_RUN_EXISTS',
      where: path,
      message: `expected a folder without a gate or a run, but it has a ${file}`,
      hint: file === GATE_FILE ? 'go on with that gate by --resume, or name another folder' : 'name another folder with --out',
    })
  }
  return gateFolder(resolve(path))
}

/** As `readGateFolder`, to go on in. E_NOT_A_RUN where there is none. */
export async function openGateFolder(path: string): Promise<{ folder: GateFolder; result: GateResult }> {
  const result = await readGateFolder(path)
  if (result === null) throw notAGate(path)
  return { folder: gateFolder(resolve(folderOf(path))), result }
}

export function notAGate(path: string): FeedbenchError {
  return new FeedbenchError({
    code: 'E_NOT_A_RUN',
    where: path,
    message: `expected the folder of a gate, but there is no ${GATE_FILE} in it`,
    hint: 'name the folder that feedbench gate printed',
  })
}

function folderOf(path: string): string {
  return basename(path) === GATE_FILE ? dirname(path) : path
}

/**
 * A gate with all rounds that were measured, of one that was killed too; its verdict is that of `gate.json`, and may be older than its rounds. `null` where there is none;
 * E_RESULT_SCHEMA where it is none, or its rounds are not those of one gate.
 */
export async function readGateFolder(path: string): Promise<GateResult | null> {
  const result = await readGate(path)
  if (result === null) return null
  const folder = folderOf(path)
  const journal = await readRounds(join(folder, ROUNDS_FILE))
  const known = new Set(journal.map(({ round }) => round))
  if (known.size < journal.length)
    throw new FeedbenchError({
      code: 'E_GATE_RESUME',
      where: join(folder, ROUNDS_FILE),
      message: 'expected each round once, got one twice: two gates went on in this folder at the same time',
      hint: 'begin another gate with --out',
    })
  const rounds = [...journal, ...result.rounds.filter(({ round }) => !known.has(round))].sort((a, b) => a.round - b.round)
  checkRounds(join(folder, GATE_FILE), { ...result, rounds })
  return { ...result, rounds }
}

function gateFolder(path: string): GateFolder {
  return {
    path,
    async appendRound(round) {
      const file = join(path, ROUNDS_FILE)
      try {
        await cutTornLine(file)
        if (await appendLine(file, `${JSON.stringify(round)}\n`)) await syncFolder(path)
      } catch (error) {
        throw outputError(file, error)
      }
    },
    write: (result) => replaceWhole(join(path, GATE_FILE), result),
  }
}

/** A last line without its line break was being written when the gate was killed, and is passed over. */
async function readRounds(file: string): Promise<GateRound[]> {
  const lines = (await textOf(file)).split('\n').slice(0, -1)
  return lines.map((line, index) => checked(`${file}:${index + 1}`, parseJson(`${file}:${index + 1}`, line), roundSchema))
}

/** The next line must not continue one that was torn. */
async function cutTornLine(file: string): Promise<void> {
  const text = await textOf(file)
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole.length === text.length) return
  const handle = await open(file, 'r+')
  try {
    await handle.truncate(Buffer.byteLength(whole))
  } finally {
    await handle.close()
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw outputError(file, error)
  }
}

import { access, type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { FeedbenchError } from '../model/errors.js'
import type { Plan } from '../model/plan.js'
import type { Result } from '../model/result.js'
import type { Trial } from '../model/trial.js'
import { outputError } from './output-error.js'
import type { RunContext } from './schema.js'

export const PLAN_FILE = 'plan.json'
export const JOURNAL_FILE = 'trials.ndjson'
export const RESULT_FILE = 'result.json'
/** Where runs go that were given no folder: below the folder that the user is in. */
export const RUNS_FOLDER = 'results/runs'

/**
 * Where a run keeps what it finds out. Every method throws E_OUTPUT where it cannot write, and leaves what was written before
 * as it was. Calls must not overlap.
 */
export interface RunRecord {
  /** Of the folder, where there is one; absolute. */
  readonly path?: string
  /** Before the first socket opens. E_RUN_EXISTS where another run was faster. */
  writePlan(plan: Plan, context: RunContext): Promise<void>
  /** A line in the journal, on the disk when it returns. */
  appendTrial(trial: Trial): Promise<void>
  /** Whole or not at all. */
  writeResult(result: Result): Promise<void>
}

export interface RunFolder extends RunRecord {
  /** Absolute. */
  readonly path: string
}

/** For a caller who takes the result and needs no file. */
export const NO_RUN_FOLDER: RunRecord = { async writePlan() {}, async appendTrial() {}, async writeResult() {} }

/**
 * Makes the folder of a run: `path` where one is given (an existing one must not hold a run: E_RUN_EXISTS), else
 * `<UTC time>-<name>` below another, with a number behind it where that is taken.
 * `startedAtWallUs`: microseconds since 1970.
 */
export async function createRunFolder(
  path: string | null,
  name: string,
  startedAtWallUs: number,
  below: string = RUNS_FOLDER,
): Promise<RunFolder> {
  if (path !== null) return runFolder(await useFolder(path))
  return runFolder(await makeFolder(resolve(below), `${timestamp(startedAtWallUs)}-${slug(name)}`))
}

async function useFolder(given: string): Promise<string> {
  if (given === '') throw outputError('--out', new Error('an empty name'))
  const path = resolve(given)
  try {
    await makeFolders(path)
  } catch (error) {
    throw outputError(given, error)
  }
  for (const file of [PLAN_FILE, JOURNAL_FILE, RESULT_FILE]) {
    if (await exists(join(path, file))) throw runExists(given, file)
  }
  return path
}

/** mkdir without `recursive` fails where the folder exists, so that two runs at once never share one. */
async function makeFolder(parent: string, name: string): Promise<string> {
  try {
    await makeFolders(parent)
    for (let copy = 1; ; copy++) {
      const path = join(parent, copy === 1 ? name : `${name}-${copy}`)
      try {
        await mkdir(path)
        return path
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || copy === 10_000) throw error
      }
    }
  } catch (error) {
    throw outputError(parent, error)
  }
}

/** Each missing folder in turn: Node's own `recursive` tries for ever where a file system such as /proc says that a parent is missing. */
async function makeFolders(path: string): Promise<void> {
  const missing: string[] = []
  for (let folder = path; !(await exists(folder)) && dirname(folder) !== folder; folder = dirname(folder)) missing.unshift(folder)
  for (const folder of missing) {
    await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
      // Another run may have been faster.
      if (error.code !== 'EEXIST') throw error
    })
  }
  if (!(await stat(path)).isDirectory()) throw Object.assign(new Error('a file is there'), { code: 'ENOTDIR' })
}

function runFolder(path: string): RunFolder {
  return {
    path,
    async writePlan(plan, context) {
      const file = join(path, PLAN_FILE)
      try {
        await writeWhole(file, 'wx', { ...plan, ...context })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw runExists(path, PLAN_FILE)
        throw outputError(file, error)
      }
      await syncFolder(path)
    },
    async appendTrial(trial) {
      const file = join(path, JOURNAL_FILE)
      try {
        if (await appendLine(file, `${JSON.stringify(trial)}\n`)) await syncFolder(path)
      } catch (error) {
        throw outputError(file, error)
      }
    },
    async writeResult(result) {
      const file = join(path, RESULT_FILE)
      const draft = `${file}.${process.pid}.tmp`
      try {
        await writeWhole(draft, 'w', result)
        await rename(draft, file)
      } catch (error) {
        await rm(draft, { force: true }).catch(() => undefined)
        throw outputError(file, error)
      }
      await syncFolder(path)
    },
  }
}

/** Leaves no half of a file behind: what was created here and could not be filled is removed. */
async function writeWhole(file: string, flag: 'w' | 'wx', value: unknown): Promise<void> {
  const handle = await open(file, flag)
  try {
    await handle.writeFile(`${JSON.stringify(value, null, 1)}\n`)
    await handle.sync()
  } catch (error) {
    await rm(file, { force: true }).catch(() => undefined)
    throw error
  } finally {
    await handle.close()
  }
}

/** Whether the file is new. A line that could not be written whole is cut off again: the next one must not continue it. */
async function appendLine(file: string, line: string): Promise<boolean> {
  const handle = await open(file, 'a')
  try {
    const { size } = await handle.stat()
    try {
      await handle.writeFile(line)
      await handle.datasync()
    } catch (error) {
      await cutOff(handle, size)
      throw error
    }
    return size === 0
  } finally {
    await handle.close()
  }
}

/** The error that led here is the one to report; a torn last line is passed over by whoever reads the journal. */
async function cutOff(handle: FileHandle, size: number): Promise<void> {
  await handle.truncate(size).catch(() => undefined)
}

/** A new name is on the disk once its folder is. Systems that cannot sync a folder (Windows) do without. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => null)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function runExists(path: string, file: string): FeedbenchError {
  return new FeedbenchError({
    code: 'E_RUN_EXISTS',
    where: path,
    message: `expected a folder without a run, but it has a ${file}`,
    hint: 'name another folder with --out, or remove this one',
  })
}

/** `2026-03-01T12-00-00Z`: sorts by time, and is a name that every file system takes. */
function timestamp(wallUs: number): string {
  return `${new Date(wallUs / 1e3).toISOString().slice(0, 19).replaceAll(':', '-')}Z`
}

/** A scenario's name as a part of a file name. */
function slug(name: string): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? []
  return words.join('-').slice(0, 60).replace(/-$/, '') || 'run'
}

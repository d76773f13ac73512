import { access, type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { outputError } from './output-error.js'

/** Files and folders that are on the disk when a call returns, or not there at all. */

/** mkdir without `recursive` fails where the folder exists, so that two runs at once never share one. */
export async function makeFolder(parent: string, name: string): Promise<string> {
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
export async function makeFolders(path: string): Promise<void> {
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

/** Leaves no half of a file behind: what was created here and could not be filled is removed. */
export async function writeWhole(file: string, flag: 'w' | 'wx', value: unknown): Promise<void> {
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
export async function appendLine(file: string, line: string): Promise<boolean> {
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
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => null)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** `2026-03-01T12-00-00Z`: sorts by time, and is a name that every file system takes. */
export function timestamp(wallUs: number): string {
  return `${new Date(wallUs / 1e3).toISOString().slice(0, 19).replaceAll(':', '-')}Z`
}

/** A scenario's name as a part of a file name. */
export function slug(name: string): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? []
  return words.join('-').slice(0, 60).replace(/-$/, '') || 'run'
}

/** Whole or not at all: whoever reads the file meanwhile gets what it was before. */
export async function replaceWhole(file: string, value: unknown): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`
  try {
    await writeWhole(draft, 'w', value)
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw outputError(file, error)
  }
  await syncFolder(dirname(file))
}

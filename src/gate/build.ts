import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Nobody serves from these. */
const PASSED_OVER = new Set(['node_modules', '.git', 'results'])
const MOST_FILES = 20_000

/** Hash of a folder's files, names and contents; `null` where there are more than can be read before each round. */
export async function hashOf(folder: string, isServed: (name: string) => boolean = () => true): Promise<string | null> {
  const files: string[] = []
  if (!(await collect(folder, '', isServed, files))) return null
  const hash = createHash('sha256')
  for (const file of files.sort()) {
    hash.update(`${file}\0`)
    for await (const part of createReadStream(join(folder, file))) hash.update(part as Buffer)
    hash.update('\0')
  }
  return hash.digest('hex')
}

/** Whether all of them could be taken. */
async function collect(root: string, below: string, isServed: (name: string) => boolean, files: string[]): Promise<boolean> {
  for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
    const path = join(below, entry.name)
    if (entry.isDirectory()) {
      if (PASSED_OVER.has(entry.name)) continue
      if (!(await collect(root, path, isServed, files))) return false
    } else if (entry.isFile() && isServed(entry.name)) files.push(path)
    if (files.length > MOST_FILES) return false
  }
  return true
}

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** More cannot be read before each round. */
const MOST_FILES = 20_000
const GIT_DEADLINE_MS = 2_000
const MOST_OUTPUT_BYTES = 16 << 20

/**
 * Which packages a server is run with: the lock files, and what npm, Yarn and pnpm write down of what they have installed. The packages themselves are too many
 * files to read before each round; one that is changed by hand is not seen.
 */
const PACKAGES = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'node_modules/.package-lock.json',
  'node_modules/.yarn-integrity',
  'node_modules/.yarn-state.yml',
  'node_modules/.pnpm/lock.yaml',
]

/** Hash of a built feedbench and of the packages that it is run with; `null` where it has no build that can be read. */
export async function feedbenchBuild(folder: string): Promise<string | null> {
  const files: string[] = []
  const isServed = (name: string) => name.endsWith('.js') && !name.endsWith('.test.js')
  const isWhole = await collect(join(folder, 'dist'), '', isServed, files)
  return isWhole ? hashOf(folder, [...files.map((file) => join('dist', file)), ...PACKAGES]) : null
}

/** Where what is served lies after a build, as a rule without git knowing of it. */
const OUTPUTS = ['dist', 'build', 'out']

/**
 * Hash of the files that git knows of a folder, of what a build has left there, and of the packages installed: what a server writes elsewhere meanwhile is no other
 * build. `null` where git does not know the folder.
 */
export async function trackedBuild(folder: string): Promise<string | null> {
  const listed = await git(folder, 'ls-files', '-z')
  const files = (listed ?? '').split('\0').filter((file) => file !== '')
  if (files.length === 0) return null
  for (const output of OUTPUTS) {
    const built: string[] = []
    await collect(join(folder, output), '', () => true, built)
    files.push(...built.map((file) => join(output, file)))
  }
  return files.length > MOST_FILES ? null : hashOf(folder, [...new Set([...files, ...PACKAGES])])
}

/** Of the repository that the folder is the root of; `null` where there is none. */
export async function revisionOf(folder: string): Promise<string | null> {
  if ((await git(folder, 'rev-parse', '--show-prefix')) !== '') return null
  const [revision, changes] = [await git(folder, 'rev-parse', 'HEAD'), await git(folder, 'status', '--porcelain', '-uno')]
  // `null`: git did not answer in time, and nothing is known of changes.
  return revision === null || changes === null || changes === '' ? revision : `${revision} with changes`
}

async function git(folder: string, ...words: string[]): Promise<string | null> {
  const options = {
    timeout: GIT_DEADLINE_MS,
    killSignal: 'SIGKILL' as const,
    maxBuffer: MOST_OUTPUT_BYTES,
    windowsHide: true,
  }
  try {
    return (await promisify(execFile)('git', ['--no-optional-locks', '-C', folder, ...words], options)).stdout.trim()
  } catch {
    return null
  }
}

async function hashOf(folder: string, files: string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files.sort()) {
    hash.update(`${file}\0`)
    // A file that git knows may be gone, or lead elsewhere; nobody has all lock files.
    if (await isFile(join(folder, file)))
      for await (const part of createReadStream(join(folder, file))) hash.update(part as Buffer)
    hash.update('\0')
  }
  return hash.digest('hex')
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isFile(),
    () => false,
  )
}

/** Whether all of them could be taken. */
async function collect(root: string, below: string, isServed: (name: string) => boolean, files: string[]): Promise<boolean> {
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch(() => null)
  if (entries === null) return false
  for (const entry of entries) {
    const path = join(below, entry.name)
    if (entry.isDirectory()) {
      if (!(await collect(root, path, isServed, files))) return false
    } else if (entry.isFile() && isServed(entry.name)) files.push(path)
    if (files.length > MOST_FILES) return false
  }
  return true
}

import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import type { Result } from '../src/model/result.js'
import type { Trial } from '../src/model/trial.js'

/** The built command, as a user's shell would start it, and what it leaves behind. */
export const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
export const ROOT = fileURLToPath(new URL('..', import.meta.url))

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface Running {
  child: ChildProcess
  pid: number
  /** What has been written so far. */
  stdout(): string
  stderr(): string
  ended: Promise<Ended>
}

export interface StartOptions {
  cwd?: string
  env?: Record<string, string>
  /** Has a process group of its own, as a terminal gives to what is started in it. */
  isGroup?: boolean
  /** Runs the command below a shell that says this first, such as `ulimit -n 256`. */
  after?: string
}

const started = new Set<ChildProcess>()

afterAll(() => {
  // Only what was started here, each by its own id.
  for (const child of started) child.kill('SIGKILL')
})

export function start(args: readonly string[], { cwd, env = {}, isGroup = false, after }: StartOptions = {}): Running {
  const environment = { ...process.env, ...env }
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'NODE_OPTIONS']) if (!(name in env)) delete environment[name]
  const words = after === undefined ? [MAIN, ...args] : ['-c', `${after}; exec "$0" "$@"`, process.execPath, MAIN, ...args]
  const child = spawn(after === undefined ? process.execPath : 'sh', words, {
    cwd,
    env: environment,
    detached: isGroup,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.add(child)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      started.delete(child)
      resolve({ code, signal, stdout, stderr })
    })
  })
  return { child, pid: child.pid as number, stdout: () => stdout, stderr: () => stderr, ended }
}

export function feedbench(args: readonly string[], options?: StartOptions): Promise<Ended> {
  return start(args, options).ended
}

/** A folder that is gone when the file's tests are over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'feedbench-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** 20 clients and 40 messages a second for under a second; keys replace keys. Resolves to the scenario's path. */
export function writeScenario(folder: string, name: string, parts: Record<string, unknown> = {}): string {
  const file = join(folder, `${name}.yaml`)
  const ordinary = {
    name,
    feed: { rate: '40/s', arrival: 'periodic', payload: '200B' },
    clients: 20,
    transports: ['websocket'],
    phases: { warmup: '200ms', measure: '500ms', drain: '10s' },
  }
  // JSON is a subset of YAML.
  writeFileSync(file, JSON.stringify({ ...ordinary, ...parts }))
  return file
}

export const ALL_TRANSPORTS = [{ polling: { interval: '200ms' } }, 'long-polling', 'http-streaming', 'sse', 'websocket']

export function readResult(folder: string): Result {
  return JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as Result
}

/** The whole lines of a run's journal so far. */
export function readJournal(folder: string): Trial[] {
  try {
    const lines = readFileSync(join(folder, 'trials.ndjson'), 'utf8').split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line) as Trial)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

export interface Process {
  pid: number
  title: string
}

/** The processes that a process has started and that still run (not those that only wait to be noticed). */
export function childrenOf(parent: number): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processOf(Number(name)))
    .filter((found) => found !== undefined && found.parent === parent && found.state !== 'Z')
    .map((found) => ({ pid: found?.pid ?? 0, title: found?.title ?? '' }))
}

/** It may be gone by the time: that is no mistake of the test. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

export function isRunning(pid: number): boolean {
  const found = processOf(pid)
  return found !== undefined && found.state !== 'Z'
}

function processOf(pid: number): (Process & { parent: number; state: string }) | undefined {
  try {
    // The name in parentheses may itself have spaces and parentheses.
    const [state = '', parent = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    const title = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim()
    return { pid, title, parent: Number(parent), state }
  } catch {
    return undefined
  }
}

/** Looks every few milliseconds, for a minute and a half at most, which a slow machine may take to begin a second trial, until there is something to see. */
export async function until<T>(what: string, look: () => T | undefined | false, forMs = 90_000): Promise<T> {
  const looks = Math.ceil(forMs / 10)
  for (let count = 0; count < looks; count++) {
    const seen = look()
    if (seen !== undefined && seen !== false) return seen
    await sleep(10)
  }
  throw new Error(`waited for ${what}, in vain`)
}

/** Resolves to a member of a run once it has taken its role: `feedbench server`, `feedbench driver 1`. */
export function memberOf(run: Running, title: string, other: readonly number[] = []): Promise<Process> {
  return until(title, () => childrenOf(run.pid).find((child) => child.title === title && !other.includes(child.pid)))
}

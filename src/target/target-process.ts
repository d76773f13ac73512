import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TargetProcess } from '../model/target.js'
import { OutputLog } from './output-log.js'
import { readTree, type TreeReading } from './process-tree.js'

/** Between a polite request to end and the end by force. */
const GRACE_MS = 3_000
const LOOK_EVERY_MS = 20

export interface StartParts {
  process: TargetProcess
  port: number
  /** Programs through which it is started, such as taskset with its arguments. */
  through: readonly string[]
  logFile: string | null
  /** Called once, with how it ended. */
  onEnd(how: string): void
}

/** A server under test, in a process group and session of its own, so that whatever it starts can be ended with it. */
export class RunningProcess {
  readonly #child: ChildProcess
  readonly #log: OutputLog
  #ended: string | null = null

  constructor({ process: planned, port, through, logFile, onEnd }: StartParts) {
    this.#log = new OutputLog(logFile)
    const words = planned.command.map((word) => word.replaceAll('{port}', String(port)))
    const [command = '', ...args] = [...through, ...words]
    this.#child = spawn(command, args, {
      cwd: planned.cwd,
      env: { ...process.env, ...planned.env, [planned.portVariable]: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.on('data', (chunk: Buffer) => this.#log.add(chunk))
    const end = (how: string) => {
      if (this.#ended !== null) return
      this.#ended = how
      onEnd(how)
    }
    this.#child.once('error', (error) => end(`could not be started (${error.message})`))
    // What it said last may come after it is gone.
    this.#child.once('exit', (code, signal) =>
      setTimeout(() => end(signal === null ? `ended with code ${code}` : `was ended by ${signal}`), LOOK_EVERY_MS),
    )
  }

  /** Of the group too; `null` where it could not be started. */
  get pid(): number | null {
    return this.#child.pid ?? null
  }

  /** How it ended, or `null` while it runs. */
  get ended(): string | null {
    return this.#ended
  }

  get said(): string {
    return this.#log.said
  }

  read(): TreeReading | null {
    return this.pid === null || this.#ended !== null ? null : readTree(this.pid)
  }

  /** Asks all of it to end, then ends it. Resolves when nothing is left. */
  async stop(): Promise<void> {
    const others = this.#outsideGroup()
    this.#signal('SIGTERM', others)
    for (let waitedMs = 0; waitedMs < GRACE_MS && this.#isLeft(others); waitedMs += LOOK_EVERY_MS) await sleep(LOOK_EVERY_MS)
    this.kill(others)
  }

  /** Ends all of it at once. */
  kill(others: readonly number[] = this.#outsideGroup()): void {
    this.#signal('SIGKILL', others)
  }

  /** What it started may have made itself a group of its own. */
  #outsideGroup(): number[] {
    return this.pid === null ? [] : (readTree(this.pid)?.pids ?? []).filter((pid) => pid !== this.pid)
  }

  #isLeft(others: readonly number[]): boolean {
    if (this.pid === null) return false
    return reach(-this.pid, 0) || others.some((pid) => reach(pid, 0))
  }

  #signal(signal: NodeJS.Signals, others: readonly number[]): void {
    if (this.pid === null) return
    reach(-this.pid, signal)
    for (const pid of others) reach(pid, signal)
  }
}

/** Whether there was anybody to be reached. */
function reach(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/** Whether nobody listens there. */
export function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}

/** One that nobody listens on: asked of the system, and given back. */
export function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, host, () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

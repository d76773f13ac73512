import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { FeedbenchError } from '../model/errors.js'
import type { PlannedNetwork } from '../model/network.js'
import { enterWords, linkScript, unshareWords, type Way } from '../network/netem/netem-words.js'
import { lastLine, netemWay } from './netem.js'

const PORT_RANGE = '/proc/sys/net/ipv4/ip_local_port_range'

/** To make a link takes milliseconds. A kernel that loads a module first, or waits for a lock, takes longer; what takes longer than this does not end. */
const LONGEST_MS = 10_000

/**
 * A network namespace of its own whose loopback is the link: nothing else of the machine has to do with it. It is there as long as a process in it, which ends
 * with its standard input, and so with whoever started it.
 */
export class KernelLink {
  readonly #way: Way
  readonly #holder: ChildProcess
  readonly #exited: Promise<void>

  private constructor(way: Way, holder: ChildProcess) {
    this.#way = way
    this.#holder = holder
    this.#exited = new Promise((resolve) => holder.once('exit', () => resolve()))
  }

  /** @throws FeedbenchError E_NETEM, where the kernel does not make it */
  static async open(network: PlannedNetwork): Promise<KernelLink> {
    const way = netemWay()
    if (typeof way !== 'string') throw noNetem(way.why)
    const [command = '', ...words] = unshareWords(way)
    const script = `${linkScript(network, readText(PORT_RANGE))} && echo ready && exec cat`
    // A group of its own, so that what hangs can be ended with all that it has started.
    const holder = spawn(command, [...words, 'sh', '-c', script], { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
    const link = new KernelLink(way, holder)
    await untilMade(holder, LONGEST_MS)
    return link
  }

  /** What runs a command in it. */
  get words(): string[] {
    return enterWords(this.#way, this.#holder.pid as number)
  }

  async close(): Promise<void> {
    this.#holder.kill('SIGKILL')
    await this.#exited
  }
}

/**
 * Resolves when the holder says that the link is there. One that does not in time is ended, with its group. E_NETEM
 * @internal for its test
 */
export async function untilMade(holder: ChildProcess, longestMs: number): Promise<void> {
  let said = ''
  holder.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  let deadline: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      holder.once('error', (error) => reject(noNetem(error.message)))
      holder.once('close', () => reject(noNetem(lastLine(said))))
      holder.stdout?.once('data', () => resolve())
      deadline = setTimeout(() => {
        const last = said.trim() === '' ? '' : `, the last that they said was: ${lastLine(said)}`
        reject(noNetem(`unshare, ip and tc had not made it after ${longestMs / 1e3} s${last}`))
        endGroup(holder)
      }, longestMs)
    })
  } finally {
    clearTimeout(deadline)
  }
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing was left.
  }
}

function noNetem(why: string): FeedbenchError {
  return new FeedbenchError({
    code: 'E_NETEM',
    where: 'network.tier',
    message: `expected a link from the kernel, got: ${why}`,
    hint: 'feedbench doctor says which links this machine has; tier: relay works on all of them',
  })
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

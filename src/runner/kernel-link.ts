import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { FeedbenchError } from '../model/errors.js'
import type { PlannedNetwork } from '../model/network.js'
import { enterWords, linkScript, unshareWords, type Way } from '../network/netem/netem-words.js'
import { lastLine, netemWay } from './netem.js'

const PORT_RANGE = '/proc/sys/net/ipv4/ip_local_port_range'

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
    const holder = spawn(command, [...words, 'sh', '-c', script], { stdio: ['pipe', 'pipe', 'pipe'] })
    const link = new KernelLink(way, holder)
    let said = ''
    holder.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    await new Promise<void>((resolve, reject) => {
      holder.once('error', (error) => reject(noNetem(error.message)))
      holder.once('close', () => reject(noNetem(lastLine(said))))
      holder.stdout?.once('data', () => resolve())
    })
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

import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { processCpuUs } from '../measure/process-cpu.js'
import { FeedbenchError } from '../model/errors.js'
import type { Json, RoleName } from '../model/role.js'
import { type Channel, channelOver } from './channel.js'
import { memberFailed } from './failure.js'
import type { Member } from './fleet.js'
import type { FromMember, ToMember } from './protocol.js'

/** What of a member's last words is kept, in characters. */
const LAST_WORDS = 2_000
/** Beyond the moment of a barrier: a saturated server may be deaf for long, which is a finding and no failure. */
const BARRIER_PATIENCE_MS = 120_000

interface Pending {
  resolve(result: Json): void
  reject(error: Error): void
}

/** A child process, seen from the runner. */
export class LocalMember implements Member {
  readonly title: string
  readonly exited: Promise<void>
  readonly #child: ChildProcess
  readonly #channel: Channel
  readonly #pending = new Map<number, Pending>()
  readonly #listeners: ((event: string, data: Json) => void)[] = []
  readonly #onBroken: (error: FeedbenchError) => void
  #nextId = 1
  #lastWords = ''
  #death: FeedbenchError | undefined
  #isStopping = false
  /** That it says it speaks; versions before the first say nothing. */
  #protocol = 0

  /** `onBroken` hears of an end that nobody asked for, and of what the member reports without having been asked. */
  constructor(title: string, child: ChildProcess, onBroken: (error: FeedbenchError) => void) {
    this.title = title
    this.#child = child
    this.#onBroken = onBroken
    this.#channel = channelOver(child)
    this.#channel.onMessage((message) => this.#take(message as unknown as FromMember))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS)
    })
    this.exited = new Promise((resolve) => {
      // A message to a child that has just ended fails too; that it ended is reported by its exit.
      child.on('error', (error) => {
        if (child.pid === undefined) this.#die(`because it could not be started (${error.message})`, resolve)
      })
      child.once('exit', (code, signal) => this.#die(signal === null ? `with code ${code}` : `by ${signal}`, resolve))
    })
  }

  /** `undefined` where the process could not be started. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  /** `protocol`: that the member has to speak, where it may be of another version; `null`: it is of ours. */
  async launch(
    role: RoleName,
    spec: Json,
    { lifetimeMs, protocol }: { lifetimeMs: number; protocol: number | null },
    deadlineMs: number,
  ): Promise<void> {
    await this.#ask(LAUNCH_ID, { kind: 'launch', role, spec, title: this.title, lifetimeMs }, 'be ready', deadlineMs)
    if (protocol !== null && this.#protocol !== protocol) throw this.#otherProtocol(protocol)
  }

  request(method: string, params: Json, deadlineMs: number): Promise<Json> {
    const id = this.#nextId++
    return this.#ask(id, { kind: 'request', id, method, params }, method, deadlineMs)
  }

  barrier(name: string, atUs: number, nowUs: number): Promise<Json> {
    const id = this.#nextId++
    const waitMs = Math.max(0, (atUs - nowUs) / 1e3)
    return this.#ask(id, { kind: 'barrier', id, name, atUs }, name, waitMs + BARRIER_PATIENCE_MS)
  }

  onEvent(listener: (event: string, data: Json) => void): void {
    this.#listeners.push(listener)
  }

  cpuUs(): number | null {
    return this.#child.pid === undefined ? null : processCpuUs(this.#child.pid)
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#isStopping = true
    this.#send({ kind: 'stop' })
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), deadlineMs)
    await this.exited
    clearTimeout(timer)
  }

  /** At once. `graceMs`: so long a guard may take to end what it guards, which it does when nobody holds its channel any more. */
  async kill(graceMs = 0): Promise<void> {
    this.#isStopping = true
    if (graceMs > 0 && this.#child.connected) this.#child.disconnect()
    else this.#child.kill('SIGKILL')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), graceMs)
    await this.exited
    clearTimeout(timer)
  }

  /** Another member is gone, and with it whatever this one is asked for. */
  giveUp(error: FeedbenchError): void {
    this.#death ??= error
    this.#rejectAll(error)
  }

  #ask(id: number, message: ToMember, what: string, deadlineMs: number): Promise<Json> {
    if (this.#death !== undefined) return Promise.reject(this.#death)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id)
        reject(this.#timeout(what, deadlineMs))
      }, deadlineMs)
      const settle =
        <T>(act: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer)
          this.#pending.delete(id)
          act(value)
        }
      this.#pending.set(id, { resolve: settle(resolve), reject: settle(reject) })
      this.#send(message)
    })
  }

  #take(message: FromMember): void {
    switch (message.kind) {
      case 'ready':
        this.#protocol = message.protocol ?? 0
        return this.#pending.get(LAUNCH_ID)?.resolve(null)
      case 'answer':
        return this.#pending.get(message.id)?.resolve(message.result)
      case 'event':
        for (const listener of this.#listeners) listener(message.event, message.data)
        return
      case 'failure': {
        const error = this.#failed(message)
        if (message.id !== null) return this.#pending.get(message.id)?.reject(error)
        this.#death = error
        this.#rejectAll(error)
        return this.#onBroken(error)
      }
    }
  }

  #send(message: ToMember): void {
    if (this.#child.connected) this.#channel.send(message as unknown as Json)
  }

  #die(how: string, resolve: () => void): void {
    this.#death ??= new FeedbenchError({
      code: 'E_MEMBER_DIED',
      where: this.title,
      message: `expected to run until its trial was over, but it ended ${how}${this.#said}`,
      hint: 'see whether the machine ran out of memory, or something ended the process; what had finished is kept',
    })
    this.#rejectAll(this.#death)
    if (!this.#isStopping) this.#onBroken(this.#death)
    resolve()
  }

  #rejectAll(error: FeedbenchError): void {
    for (const { reject } of [...this.#pending.values()]) reject(error)
  }

  get #said(): string {
    const lastLine = this.#lastWords.trim().split('\n').at(-1) ?? ''
    return lastLine === '' ? '' : `, saying: ${lastLine}`
  }

  #timeout(what: string, deadlineMs: number): FeedbenchError {
    return new FeedbenchError({
      code: 'E_MEMBER_TIMEOUT',
      where: this.title,
      message: `expected an answer to "${what}" within ${Math.round(deadlineMs / 1e3)} s, got none${this.#isSuspended ? ': the process is suspended' : ''}`,
      hint: this.#isSuspended
        ? 'see who stops processes here (SIGSTOP, a debugger, a container that is paused)'
        : 'the machine may be overloaded: try fewer clients or a lower rate',
    })
  }

  #otherProtocol(protocol: number): FeedbenchError {
    return new FeedbenchError({
      code: 'E_MEMBER_VERSION',
      where: this.title,
      message: `expected a feedbench whose processes speak version ${protocol} of our protocol, got version ${this.#protocol}`,
      hint: 'compare versions that are closer to each other, or run the gate from the feedbench that both understand',
    })
  }

  #failed({ problems, message, stack }: Extract<FromMember, { kind: 'failure' }>): FeedbenchError {
    return problems === null ? memberFailed(this.title, message, stack) : new FeedbenchError(problems)
  }

  /** Stopped by a signal or a tracer, where the system tells. */
  get #isSuspended(): boolean {
    try {
      return /^State:\s+[Tt]/m.test(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8'))
    } catch {
      return false
    }
  }
}

/** The launch is answered by `ready`, which has no number. */
const LAUNCH_ID = 0

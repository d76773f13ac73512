import { systemClock } from '../measure/clock.js'
import { hostClockDomain } from '../measure/clock-domain.js'
import { Histogram } from '../measure/histogram.js'
import { combineServerUsage } from '../measure/usage-sum.js'
import { FeedbenchError } from '../model/errors.js'
import type { TargetSpec } from '../model/member.js'
import type { Emit, Json, Role, RoleFactory } from '../model/role.js'
import type { ServerShard, ServerUsage } from '../model/shard.js'
import type { TargetProcess } from '../model/target.js'
import { DIE_WITH_PARENT } from './die-with-parent.js'
import { readinessOf, untilReady } from './readiness.js'
import { freePort, isFree, RunningProcess } from './target-process.js'
import { TreeMeter } from './tree-usage.js'

/**
 * Stands where the feed server would: starts a server of the user's own (or finds one that runs already), waits until it is ready, samples what its
 * processes use, and ends them. It is their guard: when the runner is gone, they are gone with this process.
 */
export const createTarget: RoleFactory = async (json, emit) => new Target(json as unknown as TargetSpec, emit)

class Target implements Role {
  readonly #spec: TargetSpec
  readonly #emit: Emit
  readonly #meter: TreeMeter
  readonly #usages: ServerUsage[] = []
  readonly #killAtExit = () => this.#running?.kill()
  #running: RunningProcess | undefined
  #isReady = false
  #isStopping = false

  constructor(spec: TargetSpec, emit: Emit) {
    this.#spec = spec
    this.#emit = emit
    this.#meter = new TreeMeter(() => this.#running?.read() ?? null, systemClock)
  }

  async request(method: string): Promise<Json> {
    switch (method) {
      case 'listen':
        return this.#listen()
      case 'settled-rss':
        // Nobody can collect another program's garbage: the difference of two readings would be noise.
        return { rssBytes: this.#running?.read()?.rssBytes ?? 0, connections: 0 }
      case 'usage':
        return this.#usage()
      case 'collect':
        return this.#collect() as unknown as Json
      default:
        throw new Error(`a target does not know ${method}`)
    }
  }

  barrier(name: string): void {
    if (name === 'window-start') this.#meter.start()
    else if (name === 'window-end') this.#usages.push(this.#meter.stop())
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    await this.#running?.stop()
    process.off('exit', this.#killAtExit)
    this.#emit('group', { pid: null })
  }

  async #listen(): Promise<Json> {
    const { host, port: fixed } = this.#spec.target
    const port = fixed ?? (await freePort(host))
    const why = await this.#whyNotReady(port)
    if (why === null) return { host, port }
    // One that was free may be somebody else's by the time the server wants it.
    const wasTaken = fixed === null && this.#running?.ended != null && !(await isFree(host, port))
    if (!wasTaken) throw this.#notReady(port, why)
    await this.#running?.stop()
    const another = await freePort(host)
    const again = await this.#whyNotReady(another)
    if (again !== null) throw this.#notReady(another, again)
    return { host, port: another }
  }

  /** Starts it where that is its part, and waits; `null` once it is ready. */
  async #whyNotReady(port: number): Promise<string | null> {
    const { process: planned, host, ready } = this.#spec.target
    if (planned !== null) this.#start(planned, port)
    const look = readinessOf({ host, port }, ready.path)
    const why = await untilReady(look, ready.timeoutUs / 1e3, () => (this.#running?.ended ?? null) !== null)
    const ended = this.#running?.ended ?? null
    // Something else may listen at the port of a server that ended.
    if (why !== null || ended !== null) return ended ?? why
    this.#isReady = true
    return null
  }

  #start(planned: TargetProcess, port: number): void {
    const { logFile } = this.#spec
    process.off('exit', this.#killAtExit).on('exit', this.#killAtExit)
    this.#running = new RunningProcess({
      process: planned,
      port,
      through: DIE_WITH_PARENT.words,
      logFile,
      onEnd: (how) => this.#ended(how),
    })
    // The runner ends the group should this process be killed.
    this.#emit('group', { pid: this.#running.pid })
  }

  #ended(how: string): void {
    if (!this.#isReady || this.#isStopping) return
    const error = new FeedbenchError({
      code: 'E_TARGET_DIED',
      where: this.#name,
      message: `expected to run until its trial was over, but it ${how}${this.#running?.said ?? ''}`,
      hint: `its output is in ${this.#spec.logFile ?? 'no file, since this run has no folder'}; what had finished is kept`,
    })
    // Nobody has asked: what hosts this role tells the runner.
    process.nextTick(() => {
      throw error
    })
  }

  #notReady(port: number, why: string): FeedbenchError {
    const { process: planned, ready, host } = this.#spec.target
    const at = `http://${host.includes(':') ? `[${host}]` : host}:${port}${ready.path ?? ''}`
    const hint =
      planned === null
        ? 'start it before the run, or give target.command'
        : `the port is in ${planned.portVariable}, and {port} in an argument stands for it; target.readyTimeout is how long it may take`
    return new FeedbenchError({
      code: 'E_TARGET_NOT_READY',
      where: this.#name,
      message: `expected an answer at ${at} within ${Math.round(ready.timeoutUs / 1e6)} s, got: ${why}${this.#running?.said ?? ''}`,
      hint,
    })
  }

  get #name(): string {
    const { process: planned, host, port } = this.#spec.target
    return planned === null ? `${host}:${port}` : planned.command.join(' ').slice(0, 200)
  }

  /** Since the processes began. */
  #usage(): Json {
    const reading = this.#running?.read() ?? null
    if (reading === null) return null
    const { pids, userUs, systemUs, exactUs, rssBytes } = reading
    return { atUs: systemClock.nowUs(), pids, cpuUs: exactUs ?? userUs + systemUs, rssBytes }
  }

  #collect(): ServerShard {
    return {
      clock: hostClockDomain(),
      published: 0,
      firstPosition: null,
      lastPosition: null,
      publishDelayUs: new Histogram().encode(),
      usage: combineServerUsage(this.#usages),
      metronomeCpuUs: null,
      writes: null,
      messagesWritten: null,
      evicted: null,
      disconnected: null,
      buffers: null,
      publisher: { place: 'server', outlet: 'its own' },
      posts: null,
    }
  }
}

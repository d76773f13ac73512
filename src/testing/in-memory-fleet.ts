import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../measure/clock.js'
import { hostClockDomain } from '../measure/clock-domain.js'
import { FeedbenchError, type Problem } from '../model/errors.js'
import type { FleetDescription } from '../model/placement.js'
import type { Json, Role, RoleFactory, RoleName } from '../model/role.js'
import type { Fleet, LaunchOptions, Link, Member } from '../runner/fleet.js'

/** Members that live in this process. What crosses is cloned through JSON text both ways, as if it had crossed to another machine. */
export class InMemoryFleet implements Fleet {
  /** Titles of the members that were launched, in order; of those that are gone too. */
  readonly launched: string[] = []
  readonly #roles: Partial<Record<RoleName, RoleFactory>>
  readonly #members = new Set<InMemoryMember>()

  constructor(roles: Partial<Record<RoleName, RoleFactory>>) {
    this.#roles = roles
  }

  get running(): string[] {
    return [...this.#members].map(({ title }) => title)
  }

  async describe(): Promise<FleetDescription> {
    return {
      kind: 'in-memory',
      cores: [0],
      descriptorsPerProcess: 1_024,
      portsPerAddress: 10_000,
      addresses: ['127.0.0.1'],
      memoryFreeBytes: 2 ** 33,
      canPin: false,
      clock: hostClockDomain(),
    }
  }

  async openLink(): Promise<Link> {
    throw problem('E_NETEM', 'network.tier', 'expected a link from the kernel, but there is none in memory')
  }

  async launch(name: RoleName, spec: Json, { title }: LaunchOptions): Promise<Member> {
    const create = this.#roles[name]
    if (create === undefined) throw failed(title, new Error(`there is no role ${name}`))
    const member = new InMemoryMember(title, () => this.#members.delete(member))
    this.launched.push(title)
    this.#members.add(member)
    await member.launch(create, spec)
    return member
  }

  async barrier(name: string, atUs: number): Promise<void> {
    await Promise.all([...this.#members].map((member) => member.barrier(name, atUs)))
  }

  async abort(): Promise<void> {
    await Promise.all([...this.#members].map((member) => member.die()))
  }
}

class InMemoryMember implements Member {
  readonly title: string
  readonly #onGone: () => void
  readonly #listeners: ((event: string, data: Json) => void)[] = []
  readonly #death: Promise<never>
  #die: (error: Error) => void = () => {}
  #role: Role | undefined
  #isGone = false
  #stopped: Promise<void> | undefined

  constructor(title: string, onGone: () => void) {
    this.title = title
    this.#onGone = onGone
    this.#death = new Promise((_resolve, reject) => {
      this.#die = reject
    })
    this.#death.catch(() => {})
  }

  async launch(create: RoleFactory, spec: Json): Promise<void> {
    this.#role = await this.#answer(
      create(crossed(spec), (event, data) => {
        for (const listener of this.#listeners) if (!this.#isGone) listener(event, crossed(data))
      }),
    )
  }

  async request(method: string, params: Json, deadlineMs: number): Promise<Json> {
    const deadline = new AbortController()
    try {
      const late = sleep(deadlineMs, undefined, { signal: deadline.signal }).then(() => {
        throw problem('E_MEMBER_TIMEOUT', this.title, `expected an answer to "${method}" within ${deadlineMs} ms, got none`)
      })
      late.catch(() => {})
      return crossed(await Promise.race([this.#answer(this.#ready.request(method, crossed(params))), late]))
    } finally {
      deadline.abort()
    }
  }

  async barrier(name: string, atUs: number): Promise<void> {
    await this.#answer(sleep(Math.max(0, (atUs - systemClock.nowUs()) / 1e3)))
    this.#ready.barrier(name)
  }

  onEvent(listener: (event: string, data: Json) => void): void {
    this.#listeners.push(listener)
  }

  /** A part of this process has no time of its own. */
  cpuUs(): null {
    return null
  }

  /** Asked twice, it is stopped once, and both wait for that. */
  stop(): Promise<void> {
    this.#isGone = true
    this.#stopped ??= Promise.resolve(this.#role?.stop()).then(this.#onGone)
    return this.#stopped
  }

  async die(): Promise<void> {
    this.#die(problem('E_MEMBER_DIED', this.title, 'expected to run until its trial was over, but the fleet was told to end it'))
    await this.stop()
  }

  get #ready(): Role {
    if (this.#role === undefined) throw new Error('asked before it was launched')
    return this.#role
  }

  async #answer<T>(answer: Promise<T>): Promise<T> {
    try {
      return await Promise.race([answer, this.#death])
    } catch (error) {
      throw error instanceof FeedbenchError ? error : failed(this.title, error)
    }
  }
}

/** Only what JSON can say gets across. */
function crossed(value: Json | undefined): Json {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json)
}

/** A role that was built from other files has a FeedbenchError of its own: it is known by its problems, as it would be from afar. */
function failed(title: string, error: unknown): FeedbenchError {
  const { problems, message } = error as { problems?: readonly Problem[]; message?: string }
  if (Array.isArray(problems)) return new FeedbenchError(problems as readonly Problem[])
  return problem('E_MEMBER_FAILED', title, `expected to do its part, got: ${message ?? String(error)}`)
}

function problem(code: Problem['code'], where: string, message: string): FeedbenchError {
  return new FeedbenchError({ code, where, message })
}

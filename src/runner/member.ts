import { systemClock } from '../measure/clock.js'
import { FeedbenchError } from '../model/errors.js'
import type { Json, Role, RoleFactory } from '../model/role.js'
import { type Channel, channelOver } from './channel.js'
import { type FromMember, MEMBER_PROTOCOL, type ToMember } from './protocol.js'

/** A member loads what its own role needs, and not that of the others: it is started anew for each trial. */
const ROLES: Record<string, () => Promise<RoleFactory>> = {
  server: async () => (await import('../server/server-role.js')).createFeedServer,
  driver: async () => (await import('../driver/driver-role.js')).createDriver,
  'pair-driver': async () => (await import('../driver/pair-driver.js')).createPairDriver,
  relay: async () => (await import('../network/relay/relay-role.js')).createRelay,
  'link-probe': async () => (await import('../network/netem/link-probe.js')).createLinkProbe,
  publisher: async () => (await import('../publisher/publisher-role.js')).createPublisher,
  target: async () => (await import('../target/target-role.js')).createTarget,
}

/**
 * A child process of the runner: takes one role, and ends when it is told to, when the runner is gone, or when its time is over.
 * Resolves to the exit code.
 */
export function serveAsMember(): Promise<number> {
  return new Promise((resolve) => {
    const channel = channelOver(process as Parameters<typeof channelOver>[0])
    const host = new MemberHost(channel, resolve)
    process.once('disconnect', () => resolve(0))
    // The runner may have gone while this module was loaded: that is no error of ours (Node would end with 13).
    if (!process.connected) resolve(0)
    // The runner decides what a polite signal means for its members, and a service manager sends it to all of them.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
    process.on('uncaughtException', (error) => host.fail(error))
    process.on('unhandledRejection', (error) => host.fail(error))
  })
}

class MemberHost {
  readonly #channel: Channel
  readonly #end: (exitCode: number) => void
  #role: Role | undefined

  constructor(channel: Channel, end: (exitCode: number) => void) {
    this.#channel = channel
    this.#end = end
    channel.onMessage((message) => void this.#take(message as unknown as ToMember))
  }

  /** Tells the runner what broke, and ends. */
  fail(error: unknown): void {
    this.#send(failure(null, error))
    setImmediate(() => this.#end(70))
  }

  async #take(message: ToMember): Promise<void> {
    switch (message.kind) {
      case 'launch':
        return this.#launch(message)
      case 'request':
        return this.#answer(message.id, () => this.#ready.request(message.method, message.params))
      case 'barrier':
        return this.#answer(message.id, async () => {
          await until(message.atUs)
          this.#ready.barrier(message.name)
          return { passedUs: systemClock.nowUs() }
        })
      case 'stop':
        await this.#role?.stop()
        return this.#end(0)
    }
  }

  get #ready(): Role {
    if (this.#role === undefined) throw new Error('asked before it was launched')
    return this.#role
  }

  async #launch({ role, spec, title, lifetimeMs }: Extract<ToMember, { kind: 'launch' }>): Promise<void> {
    setTimeout(() => this.fail(outlived(title, lifetimeMs)), lifetimeMs).unref()
    try {
      const load = ROLES[role]
      if (load === undefined) throw new Error(`there is no role ${role}`)
      const create = await load()
      // Not before it has what it needs: who looks for a member by its title sees no process that loading starts for a moment.
      process.title = title
      this.#role = await create(spec, (event, data) => this.#send({ kind: 'event', event, data }))
      this.#send({ kind: 'ready', protocol: MEMBER_PROTOCOL })
    } catch (error) {
      this.#send(failure(null, error))
    }
  }

  async #answer(id: number, act: () => Promise<Json>): Promise<void> {
    try {
      this.#send({ kind: 'answer', id, result: await act() })
    } catch (error) {
      this.#send(failure(id, error))
    }
  }

  #send(message: FromMember): void {
    this.#channel.send(message as unknown as Json)
  }
}

function failure(id: number | null, error: unknown): FromMember {
  const problems = error instanceof FeedbenchError ? [...error.problems] : null
  const { message, stack } = error instanceof Error ? error : { message: String(error) }
  return { kind: 'failure', id, problems, message, stack: stack ?? null }
}

/** Nobody has stopped it in all the time that its trial could take: the runner stood still. */
function outlived(title: string, lifetimeMs: number): FeedbenchError {
  return new FeedbenchError({
    code: 'E_MEMBER_TIMEOUT',
    where: title,
    message: `expected its trial to be over after ${Math.round(lifetimeMs / 1e3)} s, but nobody had ended it`,
    hint: 'see whether the command was suspended, or the machine asleep',
  })
}

/** Sleeps, and does not spin for the last millisecond: what is sampled then says when it was, and a spinning server would be charged for it. */
async function until(atUs: number): Promise<void> {
  // Not the timer of node:timers/promises: timers of its kind run another branch of Node's loop, which would be compiled anew as a window begins.
  for (let waitUs = atUs - systemClock.nowUs(); waitUs > 0; waitUs = atUs - systemClock.nowUs())
    await new Promise((resolve) => setTimeout(resolve, Math.ceil(waitUs / 1e3)))
}

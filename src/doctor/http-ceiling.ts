import { Worker } from 'node:worker_threads'
import type { HttpCeiling } from '../model/diagnosis.js'
import { FeedbenchError } from '../model/errors.js'
import type { ServerSpec } from '../model/member.js'
import type { Json } from '../model/role.js'
import type { ServerShard } from '../model/shard.js'
import type { Member } from '../runner/fleet.js'
import { placeTrial } from '../runner/placement.js'
import { builtInModule } from '../transports/registry.js'
import type { CeilingAnswer, CeilingTask } from './http-ceiling-thread.js'
import type { Probe, Site } from './probe.js'

const CONNECTIONS = 50
const WARM_UP_SEC = 1
const ANSWER_DEADLINE_MS = 30_000
const STOP_DEADLINE_MS = 5_000

/** A feed that stays silent: every poll has the newest message already. */
const SERVER: ServerSpec = {
  transport: { module: builtInModule('polling'), options: { intervalUs: 1e6, mode: 'all' } },
  feed: { arrival: 'periodic', ratePerSec: 1, payloadBytes: 200, burst: null, trace: null, seed: 1 },
  trace: null,
  host: '127.0.0.1',
  port: 0,
}
const NEWEST = 0

/** How many requests a second the feed server answers to an independent load generator that does nothing else. */
export const httpCeilingProbe: Probe<HttpCeiling> = {
  title: 'HTTP requests by autocannon',
  expectedUs: (lookUs) => WARM_UP_SEC * 1e6 + lookUs + 1e6,
  async ask(site) {
    const { fleet, description, lookUs, signal } = site
    const { cores } = placeTrial(1, description, true).placement.server
    const lifetimeMs = lookUs / 1e3 + 4 * ANSWER_DEADLINE_MS
    signal.throwIfAborted()
    const server = await fleet.launch('server', SERVER as unknown as Json, { title: 'feedbench server', cores, lifetimeMs })
    try {
      const { port } = (await server.request('listen', null, ANSWER_DEADLINE_MS)) as { port: number }
      return await shootAt(server, `http://127.0.0.1:${port}/poll?after=${NEWEST}`, site)
    } catch (error) {
      signal.throwIfAborted()
      throw error
    } finally {
      await server.stop(STOP_DEADLINE_MS)
    }
  },
}

async function shootAt(server: Member, url: string, { fleet, clock, lookUs, signal }: Site): Promise<HttpCeiling> {
  signal.throwIfAborted()
  const gun = new Gun({ url, connections: CONNECTIONS })
  const abort = () => void gun.stop()
  signal.addEventListener('abort', abort, { once: true })
  try {
    await gun.shoot(WARM_UP_SEC)
    await fleet.barrier('window-start', clock.nowUs())
    signal.throwIfAborted()
    const { answered, failed, tookSec } = await gun.shoot(lookUs / 1e6)
    await fleet.barrier('window-end', clock.nowUs())
    const { usage } = (await server.request('collect', null, ANSWER_DEADLINE_MS)) as unknown as ServerShard
    return {
      requestsPerSec: Math.round(answered / tookSec),
      connections: CONNECTIONS,
      failed,
      serverUtilization: usage.eventLoopUtilization,
    }
  } finally {
    signal.removeEventListener('abort', abort)
    await gun.stop()
  }
}

/** The thread with the load generator, seen from the command. */
class Gun {
  readonly #worker: Worker
  #reject: (error: Error) => void = () => {}
  #death: Error | null = null

  constructor(task: CeilingTask) {
    this.#worker = new Worker(new URL('./http-ceiling-thread.js', import.meta.url), { workerData: task })
    this.#worker.on('error', (error) => this.#die(died(error.message)))
    this.#worker.on('exit', (code) => this.#die(died(`it ended with code ${code}`)))
  }

  shoot(seconds: number): Promise<CeilingAnswer> {
    return new Promise((resolve, reject) => {
      // Nobody would answer.
      if (this.#death !== null) return reject(this.#death)
      this.#reject = reject
      this.#worker.once('message', resolve)
      this.#worker.postMessage(seconds)
    })
  }

  async stop(): Promise<void> {
    await this.#worker.terminate()
  }

  #die(error: Error): void {
    this.#death ??= error
    this.#reject(error)
  }
}

function died(how: string): FeedbenchError {
  return new FeedbenchError({
    code: 'E_MEMBER_DIED',
    where: 'autocannon',
    message: `expected it to count requests until its time was over, but ${how}`,
    hint: 'see whether the machine ran out of memory or file descriptors',
  })
}

import type { PlannedNetwork } from '../model/network.js'
import type { FleetDescription } from '../model/placement.js'
import type { Json, RoleName } from '../model/role.js'
import type { DriverShard } from '../model/shard.js'
import type { Fleet, LaunchOptions, Link, Member } from '../runner/fleet.js'
import { LocalFleet } from '../runner/local-fleet.js'

/**
 * The processes of one trial, and what passes between them and the runner: which process has which role, so that it can be stopped; where the server listens, so that
 * its packets can be told from others; and what the drivers hand in before it is merged.
 */
export class ObservedFleet implements Fleet {
  readonly driverShards: DriverShard[] = []
  serverPort: number | null = null
  readonly #fleet = new LocalFleet()
  readonly #pids: { role: RoleName; pid: number }[] = []

  describe(wishes?: { netem: boolean }): Promise<FleetDescription> {
    return this.#fleet.describe(wishes)
  }

  openLink(network: PlannedNetwork): Promise<Link> {
    return this.#fleet.openLink(network)
  }

  async launch(role: RoleName, spec: Json, options: LaunchOptions): Promise<Member> {
    const member = await this.#fleet.launch(role, spec, options)
    if (member.pid !== undefined) this.#pids.push({ role, pid: member.pid })
    return {
      title: member.title,
      request: async (method, params, deadlineMs) => {
        const answer = await member.request(method, params, deadlineMs)
        this.#note(role, method, answer)
        return answer
      },
      onEvent: (listener) => member.onEvent(listener),
      cpuUs: () => member.cpuUs(),
      stop: (deadlineMs) => member.stop(deadlineMs),
    }
  }

  barrier(name: string, atUs: number): Promise<void> {
    return this.#fleet.barrier(name, atUs)
  }

  abort(): Promise<void> {
    return this.#fleet.abort()
  }

  pidsOf(role: RoleName): number[] {
    return this.#pids.filter((member) => member.role === role).map(({ pid }) => pid)
  }

  #note(role: RoleName, method: string, answer: Json): void {
    if (role === 'server' && method === 'listen') this.serverPort = (answer as { port: number }).port
    if (role === 'driver' && method === 'collect') this.driverShards.push(answer as unknown as DriverShard)
  }
}

import type { PlannedTrial } from '../model/plan.js'
import type { RoleName } from '../model/role.js'
import type { LinkProbeShard } from '../model/shard.js'
import type { Fleet, LaunchOptions, Link, Member } from './fleet.js'
import { linkProbeSpec } from './specs.js'

type Launch = (role: RoleName, spec: object, title: string, cores: number[] | null) => Promise<Member>

/** The link of the kernel's that all members of a trial are in, and the process that watches it; nothing at all where the trial has none. */
export class TrialLink {
  readonly #planned: PlannedTrial
  readonly #fleet: Fleet
  #link: Link | null = null
  #probe: Member | null = null

  constructor(planned: PlannedTrial, fleet: Fleet) {
    this.#planned = planned
    this.#fleet = fleet
  }

  async open(): Promise<void> {
    const { network } = this.#planned
    if (network?.tier === 'netem') this.#link = await this.#fleet.openLink(network)
  }

  /** For the launch of each member. */
  get option(): Pick<LaunchOptions, 'link'> {
    return this.#link === null ? {} : { link: this.#link.id }
  }

  async launchProbe(launch: Launch, host: string): Promise<void> {
    const spec = linkProbeSpec(this.#planned, host)
    if (spec !== null) this.#probe = await launch('link-probe', spec, 'feedbench link probe', null)
  }

  async collect(deadlineMs: number): Promise<LinkProbeShard | null> {
    return ((await this.#probe?.request('collect', null, deadlineMs)) ?? null) as unknown as LinkProbeShard | null
  }

  /** When its members are gone. Never rejects. */
  close(): Promise<void> {
    return this.#link?.close() ?? Promise.resolve()
  }
}

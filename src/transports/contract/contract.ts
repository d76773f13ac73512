import type { TransportDescriptor } from '../transport.js'
import { type Clause, INABILITIES } from './clause.js'
import { deliveryClauses } from './delivery.js'
import { endClauses } from './ends.js'
import { resumeClauses } from './resuming.js'
import { TransportSite } from './site.js'
import { strangeServerClauses } from './strange-servers.js'

export interface ContractOptions {
  /** The transport's options in these cases, as a scenario writes them: it should be quick. */
  options?: Record<string, unknown>
  /** For how long a case waits for what must come, in milliseconds; default: 10,000. */
  patienceMs?: number
}

/** A test of its own, for any framework: `for (const { name, skip, run } of cases) test(name, { skip }, run)` with node:test. */
export interface ContractCase {
  name: string
  /** Why the case does not apply to this transport; `undefined` where it does. */
  skip: string | undefined
  /** Rejects with an AssertionError, or with what was waited for in vain. Uses ports of its own: cases may run side by side. */
  run(): Promise<void>
}

const CLAUSES: readonly Clause[] = [...deliveryClauses, ...resumeClauses, ...endClauses, ...strangeServerClauses]

/**
 * What every transport must do, whatever it is made of, as cases that a test framework runs. They use real sockets on loopback; each takes
 * under a second where the transport is in order.
 */
export function transportContract<Options extends object>(
  descriptor: TransportDescriptor<Options>,
  { options = {}, patienceMs }: ContractOptions = {},
): ContractCase[] {
  const { capabilities } = descriptor
  const parts = { options, ...(patienceMs === undefined ? {} : { patienceMs }) }
  return CLAUSES.map(({ name, needs, check }) => ({
    name,
    skip: needs === undefined || capabilities[needs] ? undefined : INABILITIES[needs],
    async run() {
      const sites = [await TransportSite.start(descriptor, parts)]
      const siteWith: (limits: { messages: number; bytes: number }) => Promise<TransportSite> = async (limits) => {
        const site = await TransportSite.start(descriptor, { ...parts, limits })
        sites.push(site)
        return site
      }
      const closeAll = async () => {
        for (const site of sites) await site.close()
      }
      try {
        await check({ site: sites[0] as TransportSite, capabilities, siteWith })
      } catch (error) {
        // What failed first says more than what cannot be closed any more.
        await closeAll().catch(() => {})
        throw error
      }
      await closeAll()
    },
  }))
}

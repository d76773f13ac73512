import type { LogLimits } from '../../feed/log.js'
import type { Capabilities } from '../transport.js'
import type { TransportSite } from './site.js'

/** What a clause has to work with: fresh for each, and closed by whoever checks it. */
export interface Ground {
  site: TransportSite
  capabilities: Capabilities
  /** Another one, whose log keeps less. */
  siteWith(limits: LogLimits): Promise<TransportSite>
}

/** One thing that a transport must do. */
export interface Clause {
  name: string
  /** It does not apply where a transport cannot do this. */
  needs?: keyof typeof INABILITIES
  /** Throws where the transport does not do it. */
  check(ground: Ground): Promise<void>
}

/** Why a clause does not apply. */
export const INABILITIES = {
  resume: 'it cannot resume',
  push: 'it asks again by itself',
  pull: 'it does not ask',
} as const satisfies Partial<Record<keyof Capabilities, string>>

import type { DriverSpec, PublisherSpec, RelaySpec, ServerSpec } from '../model/member.js'
import type { PlannedTrial, TraceContent } from '../model/plan.js'

/** What each member of a trial is told when it is launched. */
interface Around {
  host: string
  trace: TraceContent | null
}

export function serverSpec({ module, options, feed, slowReaders }: PlannedTrial, { host, trace }: Around): ServerSpec {
  return { transport: { module, options }, feed, trace, host, port: 0, watchesBuffers: slowReaders !== null }
}

export function publisherSpec({ feed }: PlannedTrial, { host, trace }: Around, port: number): PublisherSpec {
  return { feed, trace, target: { host, port } }
}

/** `index`: of the relay, from 0; `port`: the server's. `null` where the trial has no link. */
export function relaySpec(
  { network, placement, clientSeed }: PlannedTrial,
  { host }: Around,
  index: number,
  port: number,
): RelaySpec | null {
  const relay = placement.relays?.[index]
  if (network === null || relay === undefined) return null
  const target = { host, port }
  // Any odd number keeps the seeds of several relays apart.
  const seed = (clientSeed + index * 0x9e37_79b1) | 0
  return { relay: index + 1, host, target, sourceAddresses: relay.sourceAddresses, network, seed }
}

/** `index`: of the driver, from 0. */
export function driverSpec(planned: PlannedTrial, { trace }: Around, index: number): DriverSpec {
  const { module, options, feed, placement, load, clientSeed, slowReaders, requestHeaders } = planned
  return {
    driver: index + 1,
    drivers: placement.drivers.length,
    totalClients: load.clients,
    transport: { module, options },
    feed,
    trace,
    headers: requestHeaders.headers,
    clientSeed,
    slowReaders,
    sourceAddresses: placement.drivers[index]?.sourceAddresses ?? [],
  }
}

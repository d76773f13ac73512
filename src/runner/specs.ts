import type { DriverSpec, PublisherSpec, ServerSpec } from '../model/member.js'
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

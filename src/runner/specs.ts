import type { ClientsSpec, DriverSpec, LinkProbeSpec, PublisherSpec, RelaySpec, ServerSpec } from '../model/member.js'
import type { PlannedTrial, TraceContent } from '../model/plan.js'
import { isObserved, type TargetPublish } from '../model/target.js'
import { expandPublish } from './environment-values.js'

/** What each member of a trial is told when it is launched. */
export interface Address {
  host: string
  port: number
}

interface Around {
  host: string
  trace: TraceContent | null
}

export function serverSpec({ module, options, feed, codec, slowReaders }: PlannedTrial, { host, trace }: Around): ServerSpec {
  return { transport: { module, options }, feed, trace, codec, host, port: 0, watchesBuffers: slowReaders !== null }
}

/** Where a server takes messages that says nothing else. */
const USUAL_PUBLISH: TargetPublish = {
  kind: 'post',
  host: null,
  port: null,
  path: '/publish',
  method: 'POST',
  headers: [],
  connections: 1,
}

/** `host` and `port`: the server's. */
export function publisherSpec({ feed, target, codec }: PlannedTrial, { trace }: Around, { host, port }: Address): PublisherSpec {
  const publish = expandPublish(target?.publish ?? USUAL_PUBLISH)
  return { feed, trace, codec, target: { host: publish.host ?? host, port: publish.port ?? port }, publish }
}

/** `index`: of the relay, from 0; `target`: the server. `null` where the trial has no link. */
export function relaySpec(
  { network, placement, clientSeed }: PlannedTrial,
  { host }: Around,
  index: number,
  target: Address,
): RelaySpec | null {
  const relay = placement.relays?.[index]
  if (network === null || relay === undefined) return null
  // Any odd number keeps the seeds of several relays apart.
  const seed = (clientSeed + index * 0x9e37_79b1) | 0
  return { relay: index + 1, host, target, sourceAddresses: relay.sourceAddresses, network, seed }
}

/** `null` where the link is not the kernel's. */
export function linkProbeSpec({ network }: PlannedTrial, host: string): LinkProbeSpec | null {
  return network?.tier === 'netem' ? { host, network } : null
}

/** `index`: of the driver, from 0. */
export function driverSpec(planned: PlannedTrial, { trace }: Pick<Around, 'trace'>, index: number): DriverSpec {
  const { slowReaders } = planned
  return { ...clientsSpec(planned, trace, index), ...(isObserved(planned) ? { isObserved: true } : {}), slowReaders }
}

/** What any kind of driver is told of its clients. `index`: of the driver, from 0. */
export function clientsSpec(planned: PlannedTrial, trace: TraceContent | null, index: number): ClientsSpec {
  const { module, options, feed, placement, load, clientSeed, requestHeaders, target, codec } = planned
  return {
    driver: index + 1,
    drivers: placement.drivers.length,
    totalClients: load.clients,
    transport: { module, options },
    ...(target === null ? {} : { surface: target.surface }),
    codec,
    feed,
    trace,
    headers: requestHeaders.headers,
    clientSeed,
    sourceAddresses: placement.drivers[index]?.sourceAddresses ?? [],
  }
}

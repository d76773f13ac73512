import type { Colors } from 'picocolors/types.js'
import type { Diagnosis, Limit, TransportCapacity, TransportFigures } from '../model/diagnosis.js'
import { markInvalid } from './doctor-transports.js'
import { formatCount, formatDuration, formatRatio, formatSetSize, formatSize } from './quantity.js'
import { textTable } from './text-table.js'
import { wrap } from './wrap.js'

/** What size of scenario the machine can carry over each transport, and what holds it back. */
export function capacityLines(diagnosis: Diagnosis, width: number, colors: Colors): string[] {
  const { capacity, basis } = diagnosis
  if (capacity.length === 0) return []
  const rows = capacity.map((transport) => [
    transport.transport,
    figure(transport.clients, costOf(transport, diagnosis)),
    reason(transport.clients, diagnosis, transport),
    figure(transport.deliveriesPerSec, costOf(transport, diagnosis)),
    reason(transport.deliveriesPerSec, diagnosis, transport),
  ])
  const wide = [
    ['', `clients at ${formatCount(basis.ratePerSec)} message/s`, '', 'deliveries a second', ''],
    ['', 'most', 'held back by', 'most', 'held back by'],
    ...rows,
  ]
  const table = textTable(wide, width, ['left', 'right', 'left', 'right', 'left'], [0]) ?? blocks(rows, width)
  const note = `~ predicted: ${formatRatio(basis.utilization * 100)} % of a core over the cost of a delivery above; other figures are limits, at which run refuses. Messages of ${formatSetSize(basis.payloadBytes)}; a client that polls does so once a message.`
  return [colors.bold('What this machine can carry'), ...table, colors.dim(wrap(note, width, '  '))]
}

/** `Over every transport this machine carries up to ~11 000 clients at 1 message/s, as long as ...`: the least of all transports. */
export function largest({ capacity, basis, measured }: Diagnosis): string {
  const clients = leastOf(capacity, ({ clients: [first] }) => first)
  const deliveries = leastOf(capacity, ({ deliveriesPerSec: [first] }) => first)
  if (clients === null) return 'What it can carry could not be measured.'
  const rate = `${formatCount(basis.ratePerSec)} message/s`
  const times = deliveries === null ? '' : `, as long as clients x rate stays below ${shown(deliveries)}/s`
  const doubt = measured.transports.some(({ cost }) => cost.verdict === 'invalid')
    ? ' (an invalid trial is behind some figures: see !)'
    : ''
  return `Over every transport this machine carries up to ${shown(clients)} clients at ${rate}${times}${doubt}.`
}

function leastOf(capacity: readonly TransportCapacity[], of: (transport: TransportCapacity) => Limit | undefined): Limit | null {
  const limits = capacity.map(of)
  const known = limits.filter((limit) => limit !== undefined)
  if (known.length < limits.length || known.length === 0) return null
  return known.reduce((least, limit) => (limit.most < least.most ? limit : least))
}

function blocks(rows: readonly string[][], width: number): string[] {
  return rows.flatMap(([transport, clients, why, deliveries, whyNot]) => [
    `  ${transport}`,
    wrap(`${clients} clients (${why})`, width, '    '),
    wrap(`${deliveries} deliveries/s (${whyNot})`, width, '    '),
  ])
}

function costOf({ transport }: TransportCapacity, { measured }: Diagnosis): TransportFigures['cost'] | undefined {
  return measured.transports.find((figures) => figures.transport === transport)?.cost
}

function figure([limit]: readonly Limit[], cost: TransportFigures['cost'] | undefined): string {
  if (limit === undefined) return '-'
  return limit.basis === 'predicted' && cost !== undefined ? markInvalid(cost, shown(limit)) : shown(limit)
}

/** What is predicted is no more exact than two digits; a limit is. */
function shown({ most, basis }: Limit): string {
  return basis === 'read' ? formatCount(most) : `~${formatCount(most === 0 ? 0 : Number(most.toPrecision(2)))}`
}

function reason([limit]: readonly Limit[], diagnosis: Diagnosis, transport: TransportCapacity): string {
  if (limit === undefined) return 'not measured'
  return WHY[limit.name]({ fleet: diagnosis.measured.fleet, cost: costOf(transport, diagnosis) })
}

const WHY: Record<
  Limit['name'],
  (known: { fleet: Diagnosis['measured']['fleet']; cost: TransportFigures['cost'] | undefined }) => string
> = {
  descriptors: ({ fleet }) => `descriptors: ${formatCount(fleet.descriptorsPerProcess)}`,
  threads: ({ fleet }) => `threads: ${formatCount(fleet.threadsFree ?? 0)} left`,
  ports: ({ fleet }) => `ports: ${formatCount(fleet.portsPerAddress)} x ${formatCount(fleet.addresses.length)}`,
  memory: ({ fleet }) => `memory: ${formatSize(fleet.memoryFreeBytes)}`,
  'server-memory': ({ cost }) => `server memory: ${formatSize(cost?.serverRssBytesPerClient ?? null)}`,
  'server-cpu': ({ cost }) => `server CPU: ${formatDuration(cost?.serverCpuUsPerDelivery ?? null)}`,
  'driver-cpu': ({ cost }) => `driver CPU: ${formatDuration(cost?.driverCpuUsPerDelivery ?? null)}`,
  'shared-cpu': ({ cost }) =>
    `the only core: ${formatDuration(cost === undefined ? null : (cost.serverCpuUsPerDelivery ?? 0) + (cost.driverCpuUsPerDelivery ?? 0))}`,
  scenario: () => 'the most that a scenario may have',
}

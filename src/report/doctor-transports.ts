import type { Colors } from 'picocolors/types.js'
import type { Diagnosis, ShortTrial, TransportFigures } from '../model/diagnosis.js'
import { formatCount, formatDuration, formatSetDuration, formatSize } from './quantity.js'
import { textTable } from './text-table.js'
import { wrap } from './wrap.js'

/** What each transport does on this machine, as it was measured. */
export function transportLines({ measured: { transports } }: Diagnosis, width: number, colors: Colors): string[] {
  const [first] = transports
  if (first === undefined) return []
  const rows = transports.map((figures) => cells(figures))
  const wide = [
    ['', 'latency floor', '', 'CPU a delivery', '', 'memory'],
    ['', 'p50', 'p99', 'server', 'driver', 'a client'],
    ...rows,
  ]
  const table = textTable(wide, width, ['left', 'right', 'right', 'right', 'right', 'right'], [0]) ?? blocks(rows)
  return [
    colors.bold('Transports, measured now'),
    ...table,
    ...notes(first, transports).map((note) => colors.dim(wrap(note, width, '  '))),
  ]
}

function cells({ transport, floor, cost }: TransportFigures): string[] {
  return [
    transport,
    markInvalid(floor, formatDuration(floor.transitUs.p50)),
    markInvalid(floor, formatDuration(floor.transitUs.p99)),
    markInvalid(cost, formatDuration(cost.serverCpuUsPerDelivery)),
    markInvalid(cost, formatDuration(cost.driverCpuUsPerDelivery)),
    markInvalid(cost, formatSize(cost.serverRssBytesPerClient)),
  ]
}

/** No number of an invalid trial stands without its mark. */
export function markInvalid({ verdict }: ShortTrial, text: string): string {
  return verdict === 'invalid' ? `!${text}` : text
}

function blocks(rows: readonly string[][]): string[] {
  return rows.flatMap(([transport, p50, p99, server, driver, memory]) => [
    `  ${transport}`,
    `    floor p50 ${p50}, p99 ${p99}`,
    `    CPU: server ${server}, driver ${driver}`,
    `    memory ${memory}`,
  ])
}

function notes({ floor, cost }: TransportFigures, all: readonly TransportFigures[]): string[] {
  const polls = all.find(({ floor: { pollIntervalUs } }) => pollIntervalUs !== null)
  const interval = (us: number | null | undefined) => formatSetDuration(us ?? 0)
  const isMarked = all.some((figures) => figures.floor.verdict === 'invalid' || figures.cost.verdict === 'invalid')
  return [
    ...(isMarked ? ['! from a trial that was invalid, here and below: see short trials above'] : []),
    `floor: published to received, ${formatCount(floor.clients)} clients, ${formatCount(floor.ratePerSec)} messages/s${
      polls === undefined ? '' : `; a poll each ${interval(polls.floor.pollIntervalUs)}, of which a message waits for half`
    }`,
    `CPU and server's memory: ${formatCount(cost.clients)} clients, ${formatCount(cost.ratePerSec)} messages/s${
      polls === undefined ? '' : `; a poll each ${interval(polls.cost.pollIntervalUs)}, one a message`
    }`,
  ]
}

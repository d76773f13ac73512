import { readFileSync } from 'node:fs'

export interface TcpSegments {
  sent: number
  retransmitted: number
}

/** What TCP has sent so far in this process's network namespace, all connections together. */
export function readTcpSegments(path = '/proc/self/net/snmp'): TcpSegments {
  return tcpSegmentsIn(readFileSync(path, 'utf8'))
}

/**
 * Two lines that begin with `Tcp:`, the names and their values.
 * @internal for its test
 */
export function tcpSegmentsIn(snmp: string): TcpSegments {
  const [names = [], values = []] = snmp
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'))
    .map((line) => line.split(/\s+/))
  const of = (name: string) => Number(values[names.indexOf(name)] ?? Number.NaN)
  const [sent, retransmitted] = [of('OutSegs'), of('RetransSegs')]
  if (Number.isNaN(sent) || Number.isNaN(retransmitted)) throw new Error('this system does not count the segments of TCP')
  return { sent, retransmitted }
}

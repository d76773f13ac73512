import { expect, it } from 'vitest'
import { readTcpSegments, tcpSegmentsIn } from './tcp-segments.js'

const SNMP = `Ip: Forwarding DefaultTTL
Ip: 1 64
Tcp: RtoAlgorithm ActiveOpens InSegs OutSegs RetransSegs InErrs
Tcp: 1 20 4100 4512 51 0
Udp: InDatagrams
Udp: 9
`

it('reads what TCP sent, and sent again, by the names of the columns', () => {
  expect(tcpSegmentsIn(SNMP)).toEqual({ sent: 4_512, retransmitted: 51 })
})

it('says so where the system does not count them', () => {
  expect(() => tcpSegmentsIn('Ip: Forwarding\nIp: 1\n')).toThrow('does not count the segments')
})

it.runIf(process.platform === 'linux')('finds them on this machine', () => {
  const { sent, retransmitted } = readTcpSegments()
  expect(sent).toBeGreaterThanOrEqual(retransmitted)
})

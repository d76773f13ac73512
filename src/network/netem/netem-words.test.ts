import { describe, expect, it } from 'vitest'
import { enterWords, linkScript, netemWords, unshareWords } from './netem-words.js'

describe('a link of the kernel, as tc has it', () => {
  it('delays each packet by half of the round trip, and varies that by half of the jitter', () => {
    const words = netemWords({ rttUs: 40_001, jitterUs: 5_000, lossShare: 0 })
    expect(words.join(' ')).toBe('netem limit 1000000 delay 20001us 2500us')
  })

  it.each([
    [0.01, '1%'],
    [0.000_01, '0.001%'],
    [0.123_45, '12.345%'],
    [0.5, '50%'],
  ])('loses a share of %d in each direction', (lossShare, written) => {
    expect(netemWords({ rttUs: 0, jitterUs: 0, lossShare }).join(' ')).toBe(`netem limit 1000000 loss ${written}`)
  })

  it('is the loopback of a namespace, whose packets are as long as on a network, with the ports of the machine', () => {
    const asked = { rttUs: 20_000, jitterUs: 0, lossShare: 0 }
    expect(linkScript(asked, '32768\t60999\n')).toBe(
      [
        'ip link set dev lo mtu 1500 gso_max_segs 1 up',
        'echo 32768 60999 > /proc/sys/net/ipv4/ip_local_port_range',
        'tc qdisc add dev lo root netem limit 1000000 delay 10000us',
      ].join(' && '),
    )
    expect(linkScript(asked, null)).not.toContain('port_range')
    expect(linkScript(asked, '1; reboot')).not.toContain('reboot')
  })
})

describe('a namespace', () => {
  it('is entered as whoever made it', () => {
    expect(unshareWords('root').join(' ')).toBe('unshare --net')
    expect(enterWords('root', 42).join(' ')).toBe('nsenter --net=/proc/42/ns/net --')
    expect(unshareWords('user').join(' ')).toBe('unshare --user --map-root-user --net')
    expect(enterWords('user', 42).join(' ')).toBe(
      'nsenter --user=/proc/42/ns/user --preserve-credentials --net=/proc/42/ns/net --',
    )
  })
})

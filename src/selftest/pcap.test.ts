import { describe, expect, it } from 'vitest'
import { bytesOfPort, parsePcap } from './pcap.js'

interface Segment {
  from: number
  to: number
  sequence: number
  text?: string
  isSyn?: boolean
}

/** A capture as tcpdump writes it: nanoseconds, Ethernet, IPv4, TCP with 12 bytes of options. */
function pcapOf(segments: readonly Segment[]): Buffer {
  const head = Buffer.alloc(24)
  head.writeUInt32LE(0xa1b23c4d, 0)
  head.writeUInt32LE(1, 20)
  return Buffer.concat([head, ...segments.map(packetOf)])
}

function packetOf({ from, to, sequence, text = '', isSyn = false }: Segment, index: number): Buffer {
  const payload = Buffer.from(text)
  const packet = Buffer.alloc(16 + 14 + 20 + 32)
  packet.writeUInt32LE(1_000 + index, 0)
  packet.writeUInt32LE(500, 4)
  packet.writeUInt32LE(packet.length - 16 + payload.length, 8)
  packet[30] = 0x45
  packet.writeUInt16BE(52 + payload.length, 32)
  packet[39] = 6
  packet.writeUInt16BE(from, 50)
  packet.writeUInt16BE(to, 52)
  packet.writeUInt32BE(sequence, 54)
  packet[62] = 8 << 4
  packet[63] = isSyn ? 2 : 16
  return Buffer.concat([packet, payload])
}

const SEGMENTS: readonly Segment[] = [
  { from: 9_000, to: 80, sequence: 0xffff_fffe, isSyn: true },
  { from: 80, to: 9_000, sequence: 5, isSyn: true },
  // Across the end of the sequence numbers, and then once more, with four new bytes behind it.
  { from: 9_000, to: 80, sequence: 0xffff_ffff, text: 'question' },
  { from: 9_000, to: 80, sequence: 0xffff_ffff, text: 'question1234' },
  { from: 80, to: 9_000, sequence: 6, text: 'answer' },
  { from: 80, to: 9_000, sequence: 6, text: 'answer' },
  { from: 9_001, to: 81, sequence: 1, text: 'of another port' },
]

describe('a capture', () => {
  it('has its packets, with their times and payloads', () => {
    const packets = parsePcap(pcapOf(SEGMENTS))
    expect(packets).toHaveLength(SEGMENTS.length)
    expect(packets[2]).toMatchObject({ wallUs: 1_002e6 + 0.5, sourcePort: 9_000, targetPort: 80, length: 8 })
    expect(packets[2]?.payload.toString()).toBe('question')
  })

  it('counts what is sent again once', () => {
    expect(bytesOfPort(parsePcap(pcapOf(SEGMENTS)), 80)).toEqual({ toPort: 12, fromPort: 6, connections: 1 })
  })

  it('is passed over where it is torn at its end, and refused where it is none', () => {
    const file = pcapOf(SEGMENTS)
    expect(parsePcap(file.subarray(0, file.length - 200)).length).toBeLessThan(SEGMENTS.length)
    expect(() => parsePcap(Buffer.from('no capture'))).toThrow('expected a nanosecond pcap')
  })
})

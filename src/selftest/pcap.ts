/** Packets of a capture, and what they carried: counted without anything of feedbench's own. */

export interface Packet {
  /** Microseconds since 1970. */
  wallUs: number
  sourcePort: number
  targetPort: number
  sequence: number
  /** Of TCP. */
  flags: number
  /** Of the TCP payload, in bytes; `payload` may hold less of it. */
  length: number
  payload: Buffer
}

const NANOSECOND_MAGIC = 0xa1b23c4d
const ETHERNET = 1
const FILE_HEADER_BYTES = 24
const PACKET_HEADER_BYTES = 16
const ETHERNET_HEADER_BYTES = 14
const LEAST_FRAME_BYTES = 54
const TCP = 6
const SYN = 2

/** Packets of a nanosecond pcap of TCP over IPv4 on Ethernet (as loopback presents itself). */
export function parsePcap(file: Buffer): Packet[] {
  if (file.length < FILE_HEADER_BYTES || file.readUInt32LE(0) !== NANOSECOND_MAGIC || file.readUInt32LE(20) !== ETHERNET)
    throw new Error('expected a nanosecond pcap of Ethernet')
  const packets: Packet[] = []
  for (let at = FILE_HEADER_BYTES; at + PACKET_HEADER_BYTES <= file.length; ) {
    const wallUs = file.readUInt32LE(at) * 1e6 + file.readUInt32LE(at + 4) / 1e3
    const kept = file.readUInt32LE(at + 8)
    const start = at + PACKET_HEADER_BYTES
    at = start + kept
    const ip = start + ETHERNET_HEADER_BYTES
    if (kept < LEAST_FRAME_BYTES || (file[ip] as number) >> 4 !== 4 || file[ip + 9] !== TCP) continue
    const tcp = ip + ((file[ip] as number) & 0x0f) * 4
    const data = tcp + ((file[tcp + 12] as number) >> 4) * 4
    packets.push({
      wallUs,
      sourcePort: file.readUInt16BE(tcp),
      targetPort: file.readUInt16BE(tcp + 2),
      sequence: file.readUInt32BE(tcp + 4),
      flags: file[tcp + 13] as number,
      length: file.readUInt16BE(ip + 2) - (data - ip),
      payload: file.subarray(Math.min(data, at), at),
    })
  }
  return packets
}

export interface PortBytes {
  toPort: number
  fromPort: number
  connections: number
}

/** Bytes of TCP payload to and from a port; segments sent again are counted once. */
export function bytesOfPort(packets: readonly Packet[], port: number): PortBytes {
  const total = { toPort: 0, fromPort: 0 }
  const connections = new Set<number>()
  const next = new Map<string, number>()
  for (const { sourcePort, targetPort, sequence, length, flags } of packets) {
    if (sourcePort !== port && targetPort !== port) continue
    const key = `${sourcePort}>${targetPort}`
    if ((flags & SYN) !== 0) {
      next.set(key, (sequence + 1) >>> 0)
      if (targetPort === port) connections.add(sourcePort)
      continue
    }
    if (length === 0) continue
    const expected = next.get(key) ?? sequence
    // How much of this segment lies beyond what was seen, modulo 2^32.
    const beyond = (sequence + length - expected) | 0
    const fresh = beyond > 0 ? Math.min(length, beyond) : 0
    if (fresh > 0) next.set(key, (sequence + length) >>> 0)
    if (targetPort === port) total.toPort += fresh
    else total.fromPort += fresh
  }
  return { ...total, connections: connections.size }
}

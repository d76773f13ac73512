import { spawn } from 'node:child_process'

/**
 * Captures loopback with tcpdump until `stop` is called. Resolves once tcpdump listens.
 * `stop()` resolves to the packets, and to how many the kernel dropped: with a drop the capture proves nothing.
 * `core`: tcpdump is kept to it, so as not to disturb what runs on another.
 */
export async function capture(filter, { snapBytes = 400, core = null } = {}) {
  const options = [
    '-i',
    'lo',
    '-n',
    '-s',
    String(snapBytes),
    '-B',
    '262144',
    '--time-stamp-precision=nano',
    '-U',
    '-w',
    '-',
    filter,
  ]
  const stdio = ['ignore', 'pipe', 'pipe']
  const child =
    core === null
      ? spawn('tcpdump', options, { stdio })
      : spawn('taskset', ['-c', String(core), 'tcpdump', ...options], { stdio })
  const chunks = []
  child.stdout.on('data', (chunk) => chunks.push(chunk))
  let words = ''
  await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`tcpdump ended: ${words}`)))
    child.stderr.setEncoding('utf8').on('data', (text) => {
      words += text
      if (words.includes('listening on')) resolve()
    })
  })
  return {
    async stop() {
      // The kernel hands over a block of packets when it is full, or after the second that tcpdump asks for; what it still holds when tcpdump ends is lost.
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGINT')
      await exited
      const dropped = Number(/(\d+) packets? dropped by kernel/.exec(words)?.[1] ?? Number.NaN)
      return { packets: parsePcap(Buffer.concat(chunks)), dropped }
    },
  }
}

const NANOSECOND_MAGIC = 0xa1b23c4d
const ETHERNET = 1

/** Packets of a nanosecond pcap of TCP over IPv4 on Ethernet (as loopback presents itself). Times in microseconds since 1970. */
export function parsePcap(file) {
  if (file.readUInt32LE(0) !== NANOSECOND_MAGIC || file.readUInt32LE(20) !== ETHERNET)
    throw new Error('expected a nanosecond pcap of Ethernet')
  const packets = []
  for (let at = 24; at + 16 <= file.length; ) {
    const wallUs = file.readUInt32LE(at) * 1e6 + file.readUInt32LE(at + 4) / 1e3
    const kept = file.readUInt32LE(at + 8)
    const start = at + 16
    at = start + kept
    const ip = start + 14
    if (kept < 54 || file[ip] >> 4 !== 4 || file[ip + 9] !== 6) continue
    const tcp = ip + (file[ip] & 0x0f) * 4
    const data = tcp + (file[tcp + 12] >> 4) * 4
    packets.push({
      wallUs,
      sourcePort: file.readUInt16BE(tcp),
      targetPort: file.readUInt16BE(tcp + 2),
      sequence: file.readUInt32BE(tcp + 4),
      flags: file[tcp + 13],
      length: file.readUInt16BE(ip + 2) - (data - ip),
      payload: file.subarray(Math.min(data, at), at),
    })
  }
  return packets
}

/** Bytes of TCP payload to and from a port; segments sent again are counted once. */
export function bytesOfPort(packets, port) {
  const total = { toPort: 0, fromPort: 0, connections: new Set() }
  const next = new Map()
  for (const { sourcePort, targetPort, sequence, length, flags } of packets) {
    if (sourcePort !== port && targetPort !== port) continue
    const key = `${sourcePort}>${targetPort}`
    const isSyn = (flags & 2) !== 0
    if (isSyn) {
      next.set(key, (sequence + 1) >>> 0)
      if (targetPort === port) total.connections.add(sourcePort)
      continue
    }
    if (length === 0) continue
    const expected = next.get(key) ?? sequence
    // How much of this segment lies beyond what was seen, modulo 2^32.
    const fresh = ((sequence + length - expected) | 0) > 0 ? Math.min(length, (sequence + length - expected) | 0) : 0
    if (fresh > 0) next.set(key, (sequence + length) >>> 0)
    if (targetPort === port) total.toPort += fresh
    else total.fromPort += fresh
  }
  return { toPort: total.toPort, fromPort: total.fromPort, connections: total.connections.size }
}

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ALL_TRANSPORTS, childrenOf, readResult, start, temporaryFolder, writeScenario } from './command.js'

/** What feedbench counts at its sockets against what the kernel carried: no byte more or less, of any transport. */

interface Packet {
  sourcePort: number
  targetPort: number
}

interface Pcap {
  capture(filter: string, options?: { snapBytes?: number }): Promise<{ stop(): Promise<{ packets: Packet[]; dropped: number }> }>
  bytesOfPort(packets: Packet[], port: number): { toPort: number; fromPort: number; connections: number }
}

const { capture, bytesOfPort } = (await import(new URL('../scripts/pcap.mjs', import.meta.url).href)) as Pcap
const HEADERS_BYTES = 120
/** Ten minutes: more than a run takes, however slow the machine. */
const MOST_LOOKS = 30_000

const folder = await temporaryFolder()
const whyNot = await whyNoCapture()

test.skipIf(whyNot !== null)(
  `the lifetime bytes of each transport are those that tcpdump sees${whyNot === null ? '' : ` (skipped: ${whyNot})`}`,
  async () => {
    const scenario = writeScenario(folder, 'bytes', { transports: ALL_TRANSPORTS, headers: 'browser' })
    const out = join(folder, 'out')
    const tcp = await capture('tcp', { snapBytes: HEADERS_BYTES })
    const run = start(['run', scenario, '--out', out])
    const ports = await serverPorts(run)
    expect(await run.ended).toMatchObject({ stderr: '' })
    const { packets, dropped } = await tcp.stop()
    expect(dropped, 'packets that tcpdump lost: the capture proves nothing').toBe(0)

    const { trials } = readResult(out)
    expect(ports).toHaveLength(5)
    const counted = trials.map(({ label, bytes, load }) => {
      return { label, received: bytes.lifetime.received, sent: bytes.lifetime.sent, connections: load.clients }
    })
    const seen = trials.map(({ label }, index) => {
      const { fromPort, toPort, connections } = bytesOfPort(packets, ports[index] as number)
      return { label, received: fromPort, sent: toPort, connections }
    })
    expect(counted).toEqual(seen)
    for (const { received, sent } of seen) expect(Math.min(received, sent)).toBeGreaterThan(1_000)
  },
)

/** The port of each trial's server, in the order of the trials: every trial has a process of its own. */
async function serverPorts(run: ReturnType<typeof start>): Promise<number[]> {
  const ports = new Map<number, number>()
  for (let look = 0; look < MOST_LOOKS && run.child.exitCode === null; look++) {
    for (const { pid } of childrenOf(run.pid).filter(({ title }) => title === 'feedbench server')) {
      const port = ports.has(pid) ? undefined : listeningPort(pid)
      if (port !== undefined) ports.set(pid, port)
    }
    await sleep(20)
  }
  return [...ports.values()]
}

function listeningPort(pid: number): number | undefined {
  const inodes = new Set(descriptorsOf(pid).map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]))
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)
  const LISTEN = '0A'
  for (const line of lines) {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/)
    if (state === LISTEN && inodes.has(inode)) return Number.parseInt(local?.split(':')[1] ?? '', 16)
  }
  return undefined
}

function descriptorsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((descriptor) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${descriptor}`)
      } catch {
        return ''
      }
    })
  } catch {
    return []
  }
}

/** `null` where packets can be watched here. */
async function whyNoCapture(): Promise<string | null> {
  try {
    await (await capture('tcp port 1')).stop()
    return null
  } catch (error) {
    return (error as Error).message.trim().replace(/\s+/g, ' ').slice(0, 120)
  }
}

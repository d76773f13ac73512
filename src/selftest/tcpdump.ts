import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Packet, parsePcap } from './pcap.js'

/** The kernel hands over a block of packets when it is full, or after the second that tcpdump asks for; what it still holds when tcpdump ends is lost. */
const LAST_BLOCK_MS = 1_500
const START_DEADLINE_MS = 5_000
/** Of the kernel, in KiB. */
const BUFFER_KIB = '65536'

export interface Capture {
  /** Resolves to the packets, and to how many the kernel dropped: with a drop the capture proves nothing. */
  stop(): Promise<{ packets: Packet[]; dropped: number }>
  /** Ends it at once, for whoever does not want the packets any more. */
  kill(): void
}

/** Captures loopback until it is stopped. Resolves once tcpdump listens; rejects where it cannot. */
export async function capture(filter: string, snapBytes = 400): Promise<Capture> {
  const words = [
    '-i',
    'lo',
    '-n',
    '-s',
    String(snapBytes),
    '-B',
    BUFFER_KIB,
    '--time-stamp-precision=nano',
    '-U',
    '-w',
    '-',
    filter,
  ]
  const child = spawn('tcpdump', words, { stdio: ['ignore', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const said = await listening(child)
  return {
    async stop() {
      await sleep(LAST_BLOCK_MS)
      const closed = new Promise((resolve) => child.once('close', resolve))
      child.kill('SIGINT')
      await closed
      return {
        packets: parsePcap(Buffer.concat(chunks)),
        dropped: Number(/(\d+) packets? dropped by kernel/.exec(said())?.[1] ?? Number.NaN),
      }
    },
    kill: () => child.kill('SIGKILL'),
  }
}

/** Resolves to a reader of what tcpdump has said, once it says that it listens. */
function listening(child: ChildProcess): Promise<() => string> {
  let words = ''
  return new Promise((resolve, reject) => {
    const impatience = setTimeout(() => child.kill('SIGKILL'), START_DEADLINE_MS)
    child.once('error', (error) => {
      clearTimeout(impatience)
      reject(error)
    })
    child.once('exit', () => {
      clearTimeout(impatience)
      reject(new Error(`tcpdump ended: ${words.trim().split('\n')[0] ?? ''}`))
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words += text
      if (!words.includes('listening on')) return
      clearTimeout(impatience)
      resolve(() => words)
    })
  })
}

/** `null` where packets can be watched here, else why they cannot. */
export async function whyNoCapture(): Promise<string | null> {
  if (process.platform !== 'linux') return 'packets are watched on Linux only'
  try {
    const probe = await capture('tcp port 1')
    probe.kill()
    return null
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? 'tcpdump is not installed' : message.trim().replace(/\s+/g, ' ').slice(0, 120)
  }
}

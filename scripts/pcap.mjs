import { spawn } from 'node:child_process'
import { bytesOfPort, parsePcap } from '../dist/selftest/pcap.js'

export { bytesOfPort }

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
    /** Ends it at once, for whoever does not want the packets any more. */
    kill: () => child.kill('SIGKILL'),
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

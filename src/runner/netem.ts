import { spawnSync } from 'node:child_process'
import type { NetemAvailability } from '../model/network.js'
import { type Asked, linkScript, unshareWords, WAYS, type Way } from '../network/netem/netem-words.js'

const LONGEST_MS = 5_000
/** A link like any other, for a moment. */
const TRIAL: Asked = { rttUs: 2_000, jitterUs: 1_000, lossShare: 0.01 }
/** What is needed, and the package that has it. */
const PROGRAMS = { unshare: 'util-linux', nsenter: 'util-linux', ip: 'iproute2', tc: 'iproute2' }

interface Outcome {
  status: number | null
  stderr: string
  isMissing: boolean
}

type Attempt = (words: readonly string[]) => Outcome

/** The way in which this user gets links from the kernel, or why there is none. Tries it: nothing else tells. */
export function netemWay(
  attempt: Attempt = (words) => really(words),
  platform: NodeJS.Platform = process.platform,
): Way | { why: string } {
  if (platform !== 'linux') return { why: `netem is a part of Linux, and this is ${platform}` }
  for (const [program, source] of Object.entries(PROGRAMS)) {
    const version = [program, program === 'ip' || program === 'tc' ? '-V' : '--version']
    const { isMissing, status, stderr } = attempt(version)
    if (isMissing) return { why: `there is no ${program} here (${source})` }
    if (status === null) return { why: lastLine(stderr) }
  }
  const refusals = WAYS.map((way) => ({ way, ...attempt([...unshareWords(way), 'true']) }))
  const way = refusals.find(({ status }) => status === 0)?.way
  if (way === undefined)
    return { why: `this user may not have a network namespace: ${refusals.map(({ stderr }) => lastLine(stderr)).join('; ')}` }
  const { status, stderr } = attempt([...unshareWords(way), 'sh', '-c', linkScript(TRIAL, null)])
  if (status === 0) return way
  const isUnknown = /qdisc kind is unknown|No such file or directory|Module .* not found/i.test(stderr)
  return { why: `${isUnknown ? 'the kernel has no netem (sch_netem)' : 'the kernel refused a link'}: ${lastLine(stderr)}` }
}

export function netemAvailability(): NetemAvailability {
  const way = netemWay()
  return typeof way === 'string' ? { isUsable: true } : { isUsable: false, ...way }
}

/**
 * What does not end in time is ended.
 * @internal for its test
 */
export function really([command = '', ...words]: readonly string[], longestMs = LONGEST_MS): Outcome {
  const limits = { timeout: longestMs, killSignal: 'SIGKILL' as const }
  const { status, stderr, error } = spawnSync(command, words, { encoding: 'utf8', ...limits })
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  const late = `${[command, ...words].join(' ')} had not ended after ${longestMs / 1e3} s`
  return { status, stderr: code === 'ETIMEDOUT' ? late : (stderr ?? ''), isMissing: code === 'ENOENT' }
}

export function lastLine(stderr: string): string {
  return stderr.trim().split('\n').at(-1)?.trim() || 'it did not say why'
}

import type { Environment, Result } from '../model/result.js'
import { formatSetDuration, formatSize } from './quantity.js'

/** Where a result comes from, and how to get one like it. What came from a file is not escaped. */

/** `feedbench 0.1.0 at b101f6d, Node 20.20.2, linux 6.1.0 x64, 2 x AMD EPYC 7B13, 8.32 GB, pinned`. */
export function describeEnvironment(
  { os, cpu, memoryBytes, node, git, virtualization, placement }: Environment,
  version: string,
): string {
  return [
    describeVersion({ git }, version),
    `Node ${node.version.replace(/^v/, '')}`,
    `${os.platform} ${os.release} ${os.arch}`,
    `${cpu.cores} x ${cpu.model}`,
    formatSize(memoryBytes),
    ...(virtualization === null ? [] : [virtualization]),
    placement.mode === 'pinned'
      ? 'processes pinned to cores'
      : `cores shared${placement.reason === null ? '' : ` (${placement.reason})`}`,
  ].join(', ')
}

/** `feedbench 0.1.0 at b101f6d`. */
export function describeVersion({ git }: Pick<Environment, 'git'>, version: string): string {
  return `feedbench ${version}${git === null ? '' : ` at ${git.revision.slice(0, 7)}${git.dirty ? ' with changes' : ''}`}`
}

/** The command that repeats a run; `null` where nothing tells it. What could be overridden on the command line is said in full, whether or not it was: repeating it changes nothing. */
export function repeatCommand({ plan }: Result): string | null {
  const { file } = plan.scenario
  const first = plan.trials[0]
  if (file === null || first === undefined) return null
  const hasClientsAxis = new Set(plan.loadPoints.map(({ clients }) => clients)).size > 1
  return [
    'feedbench run',
    quoted(file),
    `--transports ${quoted([...new Set(plan.transports.map(({ transport }) => transport))].join(','))}`,
    ...(hasClientsAxis ? [] : [`--clients ${first.load.clients}`]),
    `--duration ${formatSetDuration(first.phases.measureUs).replaceAll(/\s/g, '')}`,
    `--rounds ${plan.rounds}`,
    `--seed ${plan.seed}`,
  ].join(' ')
}

/** For a POSIX shell: what is copied from a report must not run anything else. */
function quoted(word: string): string {
  return /^[\w./,:=@-]+$/.test(word) && !word.startsWith('-') ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

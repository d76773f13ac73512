import { systemClock } from '../measure/clock.js'
import { FeedbenchError } from '../model/errors.js'
import { SELFTEST_CHECKS, type SelftestName, type SelftestReport } from '../model/selftest.js'
import { renderSelftestCheck, renderSelftestEnd } from '../report/selftest.js'
import { feedbenchVersion } from '../results/environment.js'
import { expectedUs, selftest } from '../selftest/selftest.js'
import type { Command } from './command.js'
import { liveSteps } from './live-steps.js'
import { hasColour, type Terminal, widthOf } from './terminal.js'

interface SelftestOptions {
  thorough: boolean
  only: string | undefined
  json: boolean
}

const FAILED = 1
const INCONCLUSIVE = 3

export const selftestCommand: Command = {
  options: (parser) =>
    parser
      .option('thorough', { type: 'boolean', default: false, describe: 'More cases of each, in some minutes more' })
      .option('only', { type: 'string', requiresArg: true, describe: `Some of the checks: ${SELFTEST_CHECKS.join(', ')}` })
      .option('json', { type: 'boolean', default: false, describe: 'The figures as one JSON document on stdout' })
      .example('$0 selftest', 'in about two minutes; a line a check, measured against expected')
      .example('$0 selftest --only polling,stall', 'two of its checks')
      .example('$0 selftest --json > selftest.json', 'for programs') as never,
  run: (options, terminal) => run(options as unknown as SelftestOptions, terminal),
}

async function run({ thorough, only, json }: SelftestOptions, { stdout, stderr, env, onInterrupt }: Terminal): Promise<number> {
  const chosen = only === undefined ? null : namesIn(only)
  const interruption = new AbortController()
  onInterrupt(() => interruption.abort())
  const seconds = Math.ceil(expectedUs({ thorough, only: chosen }) / 1e6)
  stderr.write(`Checking feedbench on this machine, which takes about ${seconds} s; Ctrl-C ends it\n`)
  const progress = liveSteps(stderr)
  const options = { colour: hasColour(stdout, env), width: widthOf(stdout) }
  const report = await selftest({
    clock: systemClock,
    version: await feedbenchVersion(),
    thorough,
    only: chosen,
    signal: interruption.signal,
    onStep: progress.step,
    onCheck(check) {
      progress.end()
      if (!json) stdout.write(renderSelftestCheck(check, options))
    },
  }).finally(() => progress.end())
  stdout.write(json ? `${JSON.stringify(report)}\n` : renderSelftestEnd(report, options))
  return exitCodeOf(report)
}

/** What failed outweighs what could not be told. */
function exitCodeOf({ passed, checks }: SelftestReport): number {
  if (checks.some(({ status }) => status === 'fail')) return FAILED
  return passed ? 0 : INCONCLUSIVE
}

function namesIn(text: string): SelftestName[] {
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !(SELFTEST_CHECKS as readonly string[]).includes(name))
  if (unknown === undefined) return names as SelftestName[]
  throw new FeedbenchError({
    code: 'E_USAGE',
    where: '--only',
    message: `expected checks separated by commas (${SELFTEST_CHECKS.join(', ')}), got ${JSON.stringify(unknown)}`,
    hint: 'such as --only polling,stall',
  })
}

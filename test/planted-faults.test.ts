import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { SelftestName, SelftestReport } from '../src/model/selftest.js'
import { ROOT, temporaryFolder } from './command.js'

/**
 * Faults that have spoilt published numbers, planted one at a time in a copy of the compiled program: the self-test finds each, in the check that is there for it, and nothing
 * in the program as it is.
 */

interface Fault {
  name: string
  check: SelftestName
  /** Below dist. */
  file: string
  /** What must be in the file, once, and what it becomes. */
  edits: readonly [is: string, becomes: string][]
  /** What of the check must be off. */
  off: RegExp
}

const FAULTS: readonly Fault[] = [
  {
    name: 'latency stamped at actual publish',
    check: 'stall',
    file: 'measure/delivery-sheet.js',
    edits: [['const latencyUs = receivedUs - intendedUs;', 'const latencyUs = receivedUs - (publishedUs ?? intendedUs);']],
    off: /^p99 of /,
  },
  {
    name: 'a percentile averaged over drivers',
    check: 'merge',
    file: 'measure/sums.js',
    edits: [
      [
        'return distribution(mergeHistograms(drivers.map(encoded).filter((text) => text !== null)));',
        `const texts = drivers.map(encoded).filter((text) => text !== null);
    const each = texts.map((text) => distribution(mergeHistograms([text])));
    const all = distribution(mergeHistograms(texts));
    for (const name of ['p50', 'p90', 'p95', 'p99', 'p999'])
      if (all[name] !== null) all[name] = each.reduce((sum, one) => sum + one[name], 0) / each.length;
    return all;`,
      ],
    ],
    off: /^p99 of 3 drivers/,
  },
  {
    name: 'bytes without headers',
    check: 'bytes',
    file: 'measure/merge.js',
    edits: [['const received = sum(drivers, ({ bytes }) => bytes.received);', 'const received = payload;']],
    off: /^a message over (polling|websocket)$/,
  },
  {
    name: 'a phase that is not randomised',
    check: 'polling',
    file: 'driver/phases.js',
    edits: [['(_, part) => (part + uniformFloat64(random)) / clients', '() => 0.4']],
    off: /^(mean|p50|p99), periodic/,
  },
  {
    name: 'a poll timer that is armed again by the answer',
    check: 'polling',
    file: 'transports/polling/client.js',
    edits: [
      ['let timer;', 'let timer; let isArmedByAnswer = false;'],
      ['arm(tick + 1);', 'isArmedByAnswer = true;'],
      [
        'sink.answered(messages.length);',
        'if (isArmedByAnswer) timers.at(clock.nowUs() + intervalUs, () => isClosed || poll(clock.nowUs())); sink.answered(messages.length);',
      ],
    ],
    off: /^polls, /,
  },
  {
    name: 'a negative latency that is dropped',
    check: 'ledger',
    file: 'measure/delivery-sheet.js',
    edits: [['this.negatives++;', '']],
    off: /^before their time over /,
  },
  {
    name: 'the time of receipt taken in the handler',
    check: 'receive-time',
    file: 'driver/simulated-client.js',
    edits: [
      [
        'const receivedUs = arrivedUs(arrival, Math.max(intendedUs, publishedUs ?? 0));',
        'const receivedUs = this.#around.clock.nowUs();',
      ],
    ],
    off: /^p50 where each of /,
  },
]

/** What is off is measured again, which takes as long once more: here it is meant to be off. */
const ONE_CHANCE: Fault['edits'] = [['chances = 2', 'chances = 1']]

const CHECKS = [...new Set(FAULTS.map(({ check }) => check))]
const folder = await temporaryFolder()

interface Outcome {
  code: number | null
  report: SelftestReport
}

/** A copy of the program, with a fault or as it is. */
function copyOf(name: string, fault: Fault | null): string {
  const copy = join(folder, name.replaceAll(' ', '-'))
  mkdirSync(copy)
  cpSync(join(ROOT, 'dist'), join(copy, 'dist'), { recursive: true })
  for (const beside of ['node_modules', 'package.json', 'scenarios']) symlinkSync(join(ROOT, beside), join(copy, beside))
  if (fault !== null) {
    plant(copy, fault.file, fault.edits)
    plant(copy, 'selftest/trials.js', ONE_CHANCE)
  }
  return join(copy, 'dist', 'main.js')
}

function plant(copy: string, path: string, edits: Fault['edits']): void {
  const file = join(copy, 'dist', path)
  let text = readFileSync(file, 'utf8')
  for (const [is, becomes] of edits) {
    const parts = text.split(is)
    expect(parts.length - 1, `"${is}" in dist/${path}: the fault must be planted elsewhere now`).toBe(1)
    text = parts.join(becomes)
  }
  writeFileSync(file, text)
}

/** Two at a time: more would be a machine on which no trial is valid. */
let free = 2
const waiting: (() => void)[] = []

async function inTurn<T>(make: () => Promise<T>): Promise<T> {
  if (free > 0) free--
  else await new Promise<void>((resolve) => waiting.push(resolve))
  try {
    return await make()
  } finally {
    const next = waiting.shift()
    if (next === undefined) free++
    else next()
  }
}

async function selftest(main: string, only: readonly SelftestName[]): Promise<Outcome> {
  const child = spawn(process.execPath, [main, 'selftest', '--json', '--only', only.join()], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, report: JSON.parse(stdout) as SelftestReport }
}

/** A machine that was disturbed while something measured has told nothing: then it is measured again, so often at most. */
const MOST_TURNS = 3

// By itself: a machine that is shared with another self-test may really be too slow to pass.
test('the self-test finds nothing in the program as it is', async () => {
  const main = copyOf('as it is', null)
  let open: readonly SelftestName[] = CHECKS
  for (let turn = 1; turn <= MOST_TURNS && open.length > 0; turn++) {
    const { code, report } = await selftest(main, open)
    expect(report.checks).toHaveLength(open.length)
    open = report.checks.filter(({ status }) => status === 'inconclusive').map(({ name }) => name)
    expect(report.checks.filter(({ status }) => status !== 'pass' && status !== 'inconclusive')).toEqual([])
    expect({ code, passed: report.passed }).toEqual(open.length === 0 ? { code: 0, passed: true } : { code: 3, passed: false })
  }
  expect(open).toEqual([])
}, 400_000)

describe.concurrent('the self-test', () => {
  test.each(FAULTS)(
    'finds $name, in its check $check',
    async (fault) => {
      const main = copyOf(fault.name, fault)
      let outcome = await inTurn(() => selftest(main, [fault.check]))
      for (let turn = 2; turn <= MOST_TURNS && outcome.report.checks[0]?.status === 'inconclusive'; turn++)
        outcome = await inTurn(() => selftest(main, [fault.check]))
      const { code, report } = outcome
      const [check] = report.checks
      expect({ code, passed: report.passed, status: check?.status }).toEqual({ code: 1, passed: false, status: 'fail' })
      const off = check?.comparisons.filter(({ isWithin }) => !isWithin).map(({ what }) => what) ?? []
      expect(off.filter((what) => fault.off.test(what))).not.toEqual([])
      expect(check?.meaning).toMatch(/\S/)
    },
    240_000,
  )
})

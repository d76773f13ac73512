import { describe, expect, test } from 'vitest'
import type { Result, ThresholdOutcome } from '../model/result.js'
import type { VerdictStatus } from '../model/verdict.js'
import { buildResult } from '../testing/builders.js'
import { exitCodeOf } from './run.js'

/** A result whose trials have these verdicts and whose thresholds came out so. */
function result(
  verdicts: VerdictStatus[],
  thresholds: ThresholdOutcome['status'][],
  exitCode: number,
  planned = verdicts.length,
): Result {
  const { trials, summary, ...rest } = buildResult({ rounds: 1 })
  const [trial] = trials
  if (trial === undefined) throw new Error('a result without trials')
  return {
    ...rest,
    trials: verdicts.map((status) => ({ ...trial, verdict: { status, reasons: [] } })),
    summary: {
      ...summary,
      exitCode,
      trials: { planned, finished: verdicts.length },
      thresholds: thresholds.map((status) => ({ threshold: '*.messages.missing == 0', status, checks: [] })),
    },
  }
}

describe('--inconclusive=pass', () => {
  test.each([
    ['a threshold that nothing decided passes', result(['valid', 'degraded'], ['pass', 'no-data'], 3), 0],
    ['one that is broken beside it still fails', result(['valid'], ['fail', 'no-data'], 3), 1],
    ['an invalid trial is no valid measurement', result(['valid', 'invalid'], ['no-data'], 3), 3],
    ['an invalid trial without thresholds is none either', result(['invalid'], [], 3), 3],
    ['a trial that is absent is none', result(['valid'], ['no-data'], 3, 2), 3],
    ['no trial at all is none', result([], ['no-data'], 3, 1), 3],
    ['a run that failed has failed', result(['valid'], ['no-data'], 4, 2), 4],
    ['a run that was interrupted was interrupted', result(['valid'], ['no-data'], 130, 2), 130],
    ['a pass is a pass', result(['valid'], ['pass'], 0), 0],
    ['a fail is a fail', result(['valid'], ['fail'], 1), 1],
  ])('%s', (_, outcome, expected) => {
    expect(exitCodeOf(outcome, 'pass')).toBe(expected)
    expect(exitCodeOf(outcome, undefined)).toBe(outcome.summary.exitCode)
  })
})

import { describe, expect, test } from 'vitest'
import { judgeLedgers } from '../analysis/gate/ledgers.js'
import type { Trial } from '../model/trial.js'
import { buildDistribution, buildReason, buildTrial, buildVerdict } from '../testing/builders.js'
import { buildReasons } from './round.js'
import { roundBeside } from './stored.js'
import { storedRun } from './stored-runs.js'

const BEGUN = { round: 1, seed: 1, startedAt: '' }
const trial = buildTrial({ label: 'sse', transport: 'sse' })
const { scheduled, expected } = trial.messages

/** Of some messages nobody knows whether the server took them, and no client got them. */
function unconfirmed(posts: number): Trial {
  const lost = posts * trial.load.clients
  return {
    ...trial,
    messages: { ...trial.messages, published: scheduled - posts, delivered: expected - lost, missing: lost },
    publisher: {
      place: 'process',
      outlet: 'POST',
      posts: {
        accepted: scheduled - posts,
        failed: 0,
        unconfirmed: posts,
        roundTripUs: buildDistribution(500),
        lastError: null,
        cpuUs: 1_000,
        eventLoopUtilization: 0.1,
      },
    },
  }
}

const before = storedRun([trial])
const missing = (of: Trial) => judgeLedgers([roundBeside(before, [of], BEGUN)]).find(({ kind }) => kind === 'missing')

describe('a run beside one of a baseline', () => {
  test('has the ledgers of the labels that were measured, whatever else the baseline has', () => {
    const wide = storedRun([trial, buildTrial({ label: 'polling', transport: 'polling' })])
    const { ledgers } = roundBeside(wide, [trial], BEGUN)
    expect(ledgers.map(({ side, label }) => [side, label])).toEqual([
      ['baseline', 'sse'],
      ['candidate', 'sse'],
    ])
  })

  test('has lost nothing of which nobody knows whether it was published', () => {
    expect(missing(unconfirmed(1))).toMatchObject({ baseline: 0, candidate: 0, status: 'pass' })
    const { messages, ...others } = unconfirmed(1)
    const more = { ...others, messages: { ...messages, delivered: messages.delivered - 2, missing: messages.missing + 2 } }
    expect(missing(more)).toMatchObject({ baseline: 0, candidate: 2, status: 'fail' })
  })

  test('does not count where what is measured has changed since the gate began', () => {
    const changed = buildReasons('candidate', 'one', 'another')
    const { validity, values } = roundBeside(before, [], BEGUN, changed)
    expect(validity).toMatchObject({ status: 'invalid', reasons: [{ code: 'BUILD_CHANGED', evidence: { side: 'candidate' } }] })
    expect(values).toEqual([])
  })

  test('does not count where that was much, or its trial is invalid', () => {
    const codes = (of: Trial) => {
      const { validity } = roundBeside(before, [of], BEGUN)
      return [validity.status, ...validity.reasons.map(({ code }) => code)]
    }
    expect(codes(unconfirmed(0))).toEqual(['valid'])
    expect(codes(unconfirmed(Math.floor(scheduled / 50)))).toEqual(['invalid', 'POSTS_UNCONFIRMED'])
    const reason = buildReason({ code: 'PUBLISHER_BUSY', severity: 'invalid' })
    expect(codes({ ...trial, verdict: buildVerdict(reason) })).toEqual(['invalid', 'PUBLISHER_BUSY'])
  })
})

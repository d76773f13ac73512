import { describe, expect, test } from 'vitest'
import type { NetworkEvent } from '../model/network.js'
import type { PredictedFigure, PredictionConditions } from '../model/prediction.js'
import type { NetworkReport, Trial } from '../model/trial.js'
import { buildPlan, buildReason, buildTrial, buildVerdict } from '../testing/builders.js'
import { buildLink } from '../testing/links.js'
import { conditionsOf, type PredictionEvidence } from './conditions.js'
import { predictionOf } from './prediction.js'

function evidence(trial: Partial<Trial> & Record<string, unknown> = {}, feed: Record<string, unknown> = {}): PredictionEvidence {
  const [planned] = buildPlan().trials
  if (planned === undefined) throw new Error('a plan without trials')
  return {
    planned: { ...planned, feed: { ...planned.feed, ...feed } },
    trial: { ...buildTrial(), ...trial },
    server: { firstPosition: 21, lastPosition: 120 },
    authority: '127.0.0.1:40123',
  }
}

const delay = (mean: number | null) => ({ delayUs: { ...buildTrial().latencyUs, mean } })
const LINK: NetworkReport = {
  ...buildLink({ rttUs: 100e3 }),
  toServer: delay(50_400),
  toClient: delay(50_700),
  latenessUs: buildTrial().latencyUs,
  relays: [],
  loss: null,
  cannotShow: [],
}
const stall = (lengthUs: number | null, share = 1): NetworkEvent => ({ kind: 'stall', atUs: 1e6, lengthUs, share })

describe('conditions', () => {
  test('are those of the plan and of what came out of it', () => {
    const { messages } = buildTrial()
    expect(conditionsOf(evidence({ messages: { ...messages, scheduled: 110 } }))).toEqual({
      options: {},
      feed: { arrival: 'poisson', ratePerSec: 22, payloadBytes: 200, firstSeq: 21, lastSeq: 120 },
      clients: 200,
      windowUs: 5e6,
      link: null,
      stallUs: null,
      request: { authority: '127.0.0.1:40123', headers: [] },
    })
    expect(conditionsOf(evidence({ messages: { ...messages, scheduled: 110 } }, { arrival: 'periodic' }))).toMatchObject({
      feed: { arrival: 'periodic', ratePerSec: 20 },
    })
  })

  test('have the delay of the link that was achieved, each way; the planned one where a stall is part of it', () => {
    expect(conditionsOf(evidence({ network: LINK }))).toMatchObject({ link: { toServerUs: 50_400, toClientUs: 50_700 } })
    expect(conditionsOf(evidence({ network: { ...LINK, events: [stall(1e6)] } }))).toMatchObject({
      link: { toServerUs: 50_000, toClientUs: 50_000 },
      stallUs: 1e6,
    })
    expect(conditionsOf(evidence({ network: { ...LINK, toServer: delay(null) } }))).toMatchObject({
      link: { toServerUs: 50_000 },
    })
    expect(conditionsOf(evidence({ network: null }))).toMatchObject({ link: null })
  })

  const { messages, connections } = buildTrial()
  test.each<[why: RegExp, given: PredictionEvidence]>([
    [/burst feed/, evidence({}, { arrival: 'burst' })],
    [/trace feed/, evidence({}, { arrival: 'trace', payloadBytes: null })],
    [/no message/, { ...evidence(), server: { firstPosition: null, lastPosition: null } }],
    [/SERVER_SATURATED/, evidence({ verdict: buildVerdict(buildReason({ code: 'SERVER_SATURATED', severity: 'finding' })) })],
    [/connections that failed/, evidence({ messages: { ...messages, missing: 1 } })],
    [/connections that failed/, evidence({ connections: { ...connections, reconnects: 2 } })],
    [/slow readers/, evidence({ slowReaders: { clients: 3 } as Trial['slowReaders'] })],
    [/jitter/, evidence({ network: { ...LINK, jitterUs: 1 } })],
    [/bandwidth/, evidence({ network: { ...LINK, bandwidthBytesPerSec: 1e6 } })],
    [/events other than/, evidence({ network: { ...LINK, events: [{ ...stall(1e6), kind: 'cut' }] } })],
    [/events other than/, evidence({ network: { ...LINK, events: [stall(1e6, 0.5)] } })],
    [/events other than/, evidence({ network: { ...LINK, events: [stall(1e6), stall(1e6)] } })],
  ])('that no model covers are said: %s', (why, given) => {
    expect(conditionsOf(given)).toMatch(why)
    expect(predictionOf(() => [], given)).toEqual({ figures: [], notCovered: expect.stringMatching(why) })
  })
})

describe('a prediction', () => {
  const predicting = (...figures: PredictedFigure[]) => predictionOf(() => figures, evidence())

  test('stands beside what was measured, shares too, with how far off it is', () => {
    const { latencyUs } = buildTrial()
    const given = evidence({ requests: { ...buildTrial().requests, total: 200, empty: 50 } })
    const { figures, notCovered } = predictionOf(
      () => [
        { metric: 'latencyUs.p99', expected: (latencyUs.p99 ?? 0) / 1.25, source: 'a' },
        { metric: 'requests.emptyShare', expected: 0.2, source: 'b' },
        { metric: 'messages.deliveredShare', expected: 1, source: 'c' },
        { metric: 'requests.perMessage', expected: 0, source: 'd' },
        { metric: 'there.is.none', expected: 3, source: 'e' },
      ],
      given,
    )
    expect(notCovered).toBeNull()
    expect(figures.map(({ measured }) => measured)).toEqual([latencyUs.p99, 0.25, 1, 0, null])
    expect(figures.map(({ deviation }) => deviation)).toEqual([expect.closeTo(0.25, 9), expect.closeTo(0.25, 9), 0, null, null])
  })

  test('says what it leaves out, and why', () => {
    const bytes = { metric: 'bytes.perMessage', expected: 204, source: 'a frame' }
    const left = (metric: string) => ({ metric, expected: null, source: 'too short' })
    expect(predicting(left('latencyUs.mean'), bytes, left('latencyUs.p50'))).toMatchObject({
      figures: [{ metric: 'bytes.perMessage', measured: 204, deviation: 0 }],
      notCovered: 'too short',
    })
    expect(predicting({ ...bytes, expected: Number.NaN }).figures).toEqual([])
  })

  test('of a plug-in may be absent, or fail, and costs no trial', () => {
    expect(predictionOf(undefined, evidence())).toEqual({ figures: [], notCovered: 'a transport without a model' })
    const failing = (_: PredictionConditions): PredictedFigure[] => {
      throw new Error('no such option')
    }
    expect(predictionOf(failing, evidence())).toEqual({ figures: [], notCovered: 'a model that failed: no such option' })
  })
})

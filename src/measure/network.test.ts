import { expect, it } from 'vitest'
import { buildLink } from '../testing/links.js'
import { encoded } from '../testing/shards.js'
import { networkReport } from './network.js'

it('reports of a link of the kernel what its probe met, for both directions, and what was lost', () => {
  const loss = { probes: 250, probesLost: 3, segments: 900, segmentsRetransmitted: 12 }
  const planned = buildLink({ tier: 'netem', lossShare: 0.01 })
  const report = networkReport(planned, [], {
    delayUs: encoded([1_100, 1_200, 1_300]),
    latenessUs: encoded([100, 200, 300]),
    loss,
  })
  expect(report).toMatchObject({
    tier: 'netem',
    lossShare: 0.01,
    toServer: { delayUs: { count: 3, p50: 1_200 } },
    toClient: { delayUs: { count: 3, p50: 1_200 } },
    latenessUs: { p50: 200 },
    relays: [],
    loss,
  })
  expect(report?.cannotShow.join()).toContain('loss in bursts')
})

it('reports no loss of a relay, which has none', () => {
  expect(networkReport(buildLink(), [], null)).toMatchObject({ loss: null, relays: [], toClient: { delayUs: { count: 0 } } })
  expect(networkReport(null, [], null)).toBeNull()
})

import { describe, expect, it } from 'vitest'
import type { NetworkReport, Trial } from '../model/trial.js'
import { buildDistribution, buildResult } from '../testing/builders.js'
import { buildLink } from '../testing/links.js'
import { renderMarkdown } from './markdown.js'
import { renderTerminal } from './terminal.js'

const link = (medianUs: number): NetworkReport => ({
  ...buildLink({
    rttUs: 40_000,
    jitterUs: 2_000,
    bandwidthBytesPerSec: 1_250_000,
    events: [
      { kind: 'stall', atUs: 2e6, lengthUs: 500e3, share: 1 },
      { kind: 'blackhole', atUs: 3e6, lengthUs: null, share: 0.1 },
    ],
  }),
  toServer: { delayUs: buildDistribution(medianUs) },
  toClient: { delayUs: buildDistribution(medianUs + 1_000) },
  latenessUs: buildDistribution(100),
  relays: [],
  loss: null,
  cannotShow: ['loss of packets'],
})

const rendered = (alter: (trial: Trial) => Partial<Trial>) => {
  const result = buildResult({ labels: ['sse', 'websocket'], alter })
  return [renderTerminal(result, { colour: false, width: 200 }), renderMarkdown([result])]
}

describe('the link of a load point', () => {
  it('is said above its table: what was asked, what was achieved, and what it cannot show', () => {
    const texts = rendered(({ label }) => ({ network: link(label === 'sse' ? 20_000 : 20_300) }))
    for (const text of texts) {
      const plain = text.replaceAll('\\', '')
      expect(plain).toContain(
        'Link (relay): round trip 40 ms, jitter 2 ms, 1.25 MB/s a connection and direction, stall at 2 s for 500 ms, blackhole at 3 s to the end of 10.0 %',
      )
      expect(plain.replace(/\s+/g, ' ')).toMatch(
        /achieved at p50 20\.0 ms to 20\.3 ms to the server, 21\.0 ms to 21\.3 ms to the client/,
      )
      expect(plain).toContain('It cannot show loss of packets')
    }
  })

  it('of the kernel says what it lost, over all trials', () => {
    const loss = { probes: 300, probesLost: 4, segments: 2_000, segmentsRetransmitted: 41 }
    const lossy = { ...link(20_000), ...buildLink({ tier: 'netem', rttUs: 40_000, lossShare: 0.02 }), loss }
    for (const text of rendered(() => ({ network: lossy }))) {
      const plain = text.replaceAll('\\', '').replace(/\s+/g, ' ')
      expect(plain).toContain('Link (netem): round trip 40 ms, 2.00 % of the packets lost in each direction')
      expect(plain).toContain('Lost: 8 of 600 packets of its probe; TCP sent 82 of 4 000 segments again')
    }
  })

  it('is not mentioned where there was none', () => {
    for (const text of rendered(() => ({ network: null }))) expect(text).not.toContain('Link (')
  })
})

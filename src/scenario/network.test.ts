import { describe, expect, it } from 'vitest'
import { placesOf, problemsOf, read, scenarioText } from '../testing/scenarios.js'

const withNetwork = (network: string, more: Record<string, string> = {}) => scenarioText({ network, ...more })

describe('the network of a scenario', () => {
  it('is none, where it is not asked for', async () => {
    expect((await read()).network).toBeNull()
  })

  it('has defaults for all of its keys', async () => {
    const { network } = await read({ network: '{}' })
    expect(network).toEqual({ tier: 'auto', rttUs: 0, jitterUs: 0, bandwidthBytesPerSec: null, lossShare: 0, events: [] })
  })

  it('is read in base units, with its events in order', async () => {
    const events = '[{ blackhole: { at: 4s } }, { cut: { at: 3s, share: 50% } }, { stall: { at: 2s, for: 500ms, share: 2.5% } }]'
    const { network } = await read({ network: `{ rtt: 40ms, jitter: 2ms, bandwidth: 10Mbit/s, tier: relay, events: ${events} }` })
    expect(network).toEqual({
      tier: 'relay',
      rttUs: 40_000,
      jitterUs: 2_000,
      bandwidthBytesPerSec: 1_250_000,
      lossShare: 0,
      events: [
        { kind: 'stall', atUs: 2e6, lengthUs: 500e3, share: 0.025 },
        { kind: 'cut', atUs: 3e6, lengthUs: null, share: 0.5 },
        { kind: 'blackhole', atUs: 4e6, lengthUs: null, share: 1 },
      ],
    })
  })

  it.each([
    ['1MiB/s', 1_048_576],
    ['20kB/s', 20_000],
    ['8 kbit/s', 1_000],
    ['1Gbit/s', 125e6],
  ])('has a bandwidth of %s in bytes', async (written, bytesPerSec) => {
    expect((await read({ network: `{ bandwidth: ${written} }` })).network?.bandwidthBytesPerSec).toBe(bytesPerSec)
  })

  it('can vary over the matrix in round trip, jitter and bandwidth, also where the scenario has none', async () => {
    const { loadPoints } = await read({ matrix: '{ network.rtt: [5ms, 50ms], network.bandwidth: [1Mbit/s, 1MiB/s] }' })
    expect(loadPoints.map(({ scenario: { network } }) => [network?.rttUs, network?.bandwidthBytesPerSec])).toEqual([
      [5_000, 125_000],
      [5_000, 1_048_576],
      [50_000, 125_000],
      [50_000, 1_048_576],
    ])
    expect(loadPoints[3]?.load).toMatchObject({ 'network.rtt': 50_000, 'network.bandwidth': 1_048_576 })
    expect(await placesOf(scenarioText({ matrix: '{ network.tier: [auto] }' }))).toMatchObject(['E_MATRIX 5:11'])
  })

  it('says all that is wrong with it at once', async () => {
    const events =
      '[{ stall: { for: 1s } }, { cut: { at: 1s, share: 120% } }, { melt: {} }, { cut: { at: 1s }, stall: { at: 1s } }]'
    const codes = await placesOf(withNetwork(`{ rtt: 40, bandwidth: 10Mbit, jiter: 1ms, tier: wire, events: ${events} }`))
    expect(codes.map((line) => line.split(' ')[0]).sort()).toEqual(
      ['E_UNIT', 'E_UNIT', 'E_UNKNOWN_KEY', 'E_VALUE', 'E_MISSING_KEY', 'E_RANGE', 'E_UNKNOWN_KEY', 'E_VALUE', 'E_VALUE'].sort(),
    )
  })

  it.each([
    ['{ rtt: 10ms, jitter: 11ms }', 'E_RANGE', 'expected a jitter of at most the rtt of 10 ms, got 11 ms'],
    ['{ events: [{ cut: { at: 10s } }] }', 'E_RANGE', 'expected a time within the measured window of 10000 ms, got 10000 ms'],
    ['{ tier: relay, loss: 1% }', 'E_NETEM', 'expected no loss with tier: relay, which passes on all that comes, got 1 %'],
    [
      '{ tier: netem, bandwidth: 1Mbit/s }',
      'E_NETEM',
      "expected no bandwidth with tier: netem, got one: the kernel's would be of all connections together",
    ],
    [
      '{ loss: 1%, events: [{ cut: { at: 1s } }] }',
      'E_NETEM',
      'expected no events with loss, which makes it a link of the kernel, got 1: only a relay has them',
    ],
  ])('%s is refused with %s', async (network, code, message) => {
    expect(await problemsOf(withNetwork(network))).toMatchObject([{ code, message }])
  })
})

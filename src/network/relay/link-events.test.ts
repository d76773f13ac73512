import { describe, expect, it } from 'vitest'
import type { NetworkEvent } from '../../model/network.js'
import { VirtualClock } from '../../testing/virtual-clock.js'
import { LinkEvents } from './link-events.js'

/** Connections that note what happens to them, and when. */
function happenings(events: NetworkEvent[], connections: number, seed = 1) {
  const clock = new VirtualClock(0)
  const noted: string[] = []
  const connection = (name: number | string) => ({
    stall: (untilUs: number) => void noted.push(`${clock.nowUs()} ${name} stall to ${untilUs}`),
    cut: () => void noted.push(`${clock.nowUs()} ${name} cut`),
    blackhole: (isOn: boolean) => void noted.push(`${clock.nowUs()} ${name} blackhole ${isOn ? 'on' : 'off'}`),
  })
  const open = new Set(Array.from({ length: connections }, (_, index) => connection(index)))
  const link = new LinkEvents(events, seed, open, { changed: () => {} }, clock)
  return { clock, noted, link, connection }
}

describe('the events of a link', () => {
  it('come at their time after the window has begun, and end when they are over', () => {
    const { clock, noted, link } = happenings(
      [
        { kind: 'stall', atUs: 100, lengthUs: 50, share: 1 },
        { kind: 'cut', atUs: 300, lengthUs: null, share: 1 },
        { kind: 'blackhole', atUs: 400, lengthUs: 60, share: 1 },
        { kind: 'blackhole', atUs: 500, lengthUs: null, share: 1 },
      ],
      1,
    )
    clock.advanceTo(900)
    link.start(1_000)
    clock.advanceTo(5_000)
    expect(noted).toEqual([
      '1100 0 stall to 1150',
      '1300 0 cut',
      '1400 0 blackhole on',
      '1460 0 blackhole off',
      '1500 0 blackhole on',
    ])
  })

  it('are for a share of the connections, drawn from the seed, and a blackhole ends for the same ones', () => {
    const draw = (seed: number) => {
      const { clock, noted, link } = happenings([{ kind: 'blackhole', atUs: 0, lengthUs: 10, share: 0.3 }], 10, seed)
      link.start(0)
      clock.advanceTo(100)
      return noted
    }
    const noted = draw(1)
    expect(noted).toHaveLength(6)
    const names = (state: string) => noted.filter((line) => line.endsWith(state)).map((line) => line.split(' ')[1])
    expect(names('off')).toEqual(names('on'))
    expect(new Set(names('on')).size).toBe(3)
    expect(draw(1)).toEqual(noted)
    expect(Array.from({ length: 8 }, (_, seed) => draw(seed + 2).join())).not.toEqual(new Array(8).fill(noted.join()))
  })

  it('stall connections that come during a stall of the whole link', () => {
    const { clock, noted, link, connection } = happenings([{ kind: 'stall', atUs: 0, lengthUs: 500, share: 1 }], 0)
    link.joined(connection('before'))
    link.start(10)
    clock.advanceTo(100)
    link.joined(connection('during'))
    expect(noted).toEqual(['100 during stall to 510'])
  })

  it('do not come once the relay is stopped', () => {
    const { clock, noted, link } = happenings([{ kind: 'cut', atUs: 10, lengthUs: null, share: 1 }], 3)
    link.start(0)
    link.stop()
    clock.advanceTo(100)
    expect(noted).toEqual([])
  })
})

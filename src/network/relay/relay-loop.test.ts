import { describe, expect, it } from 'vitest'
import { buildLink } from '../../testing/links.js'
import { VirtualClock } from '../../testing/virtual-clock.js'
import { PollClock } from '../poll-clock.js'
import { DelayLine, type Parcel } from './delay-line.js'
import { LinkDelays } from './link-delays.js'
import { RelayLoop } from './relay-loop.js'

const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)))

/** A loop by a clock that stands, that was ready to run for as long as the test says, and notes when it wants to be woken. */
function site(rttUs = 20_000) {
  const clock = new VirtualClock(1_000_000)
  const wakes: number[] = []
  const written: Parcel[] = []
  let runDelayUs = 0
  const loop = new RelayLoop(clock, () => runDelayUs, new PollClock(clock, () => clock.nowUs()))
  loop.waker = { at: (us) => void wakes.push(us), stop: async () => {} }
  const network = buildLink({ rttUs })
  const line = () =>
    new DelayLine(new LinkDelays(network, 1), {
      deliver: (parcel) => {
        written.push(parcel)
        return true
      },
    })
  return { clock, loop, wakes, written, line, waitToRun: (us: number) => (runDelayUs += us) }
}

describe('the loop of a relay', () => {
  it('wakes ahead of the moment, and writes at it', async () => {
    const { clock, loop, wakes, written, line } = site()
    loop.arrived(line(), Buffer.from('a'))
    await turn()
    expect(wakes).toHaveLength(1)
    expect(wakes[0]).toBeGreaterThan(1_010_000 - 1_000)
    expect(wakes[0]).toBeLessThan(1_010_000)
    clock.advanceTo(1_009_999)
    loop.woken()
    await turn()
    expect(written).toEqual([])
    clock.advanceTo(1_010_000)
    await turn()
    expect(written.map(({ what }) => String(what))).toEqual(['a'])
  })

  it('stamps what one poll brings evenly over the time for which it waited to run', async () => {
    const { clock, loop, written, line, waitToRun } = site()
    waitToRun(1_000)
    const lines = [line(), line(), line(), line()]
    for (const each of lines) loop.arrived(each, Buffer.from('a'))
    await turn()
    clock.advanceTo(1_050_000)
    loop.woken()
    await turn()
    expect(written.map(({ arrivalUs }) => arrivalUs)).toEqual([999_125, 999_375, 999_625, 999_875])
    // There was time enough between them: none begins early.
    expect(written.every(({ dueUs, releaseUs }) => dueUs === releaseUs)).toBe(true)
  })

  it('begins a batch early by half of what writing it takes, so that its middle is on time', async () => {
    const { clock, loop, written, line } = site()
    for (let index = 0; index < 101; index++) loop.arrived(line(), Buffer.from('a'))
    await turn()
    clock.advanceTo(1_050_000)
    loop.woken()
    for (let turns = 0; turns < 4; turns++) await turn()
    expect(written).toHaveLength(101)
    const [first] = written
    // A write is taken to last 6 us before any was measured.
    expect((first?.dueUs ?? 0) - (first?.releaseUs ?? 0)).toBe(300)
  })

  it('writes a part, and reads again before the rest', async () => {
    const { clock, loop, written, line } = site(0)
    for (let index = 0; index < 100; index++) loop.arrived(line(), Buffer.from('a'))
    await new Promise<void>((resolve) => setImmediate(resolve))
    expect(written).toHaveLength(64)
    clock.advanceBy(1)
    await turn()
    expect(written).toHaveLength(100)
  })
})

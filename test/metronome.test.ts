import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { ThreadMetronome } from '../dist/feed/metronome.js'
import { systemClock } from '../src/measure/clock.js'
import { buildFeed, buildTraceFeed } from '../src/testing/feeds.js'

const open: ThreadMetronome[] = []

async function launch(...[feed, trace]: Parameters<typeof ThreadMetronome.launch>): Promise<ThreadMetronome> {
  const metronome = await ThreadMetronome.launch(feed, trace)
  open.push(metronome)
  return metronome
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((metronome) => metronome.stop()))
})

/** Resolves with the moments of its calls after the start, once one of them lies at or after a moment. One call may stand for several. */
function callsUntil(metronome: ThreadMetronome, enoughUs: number, untilUs = 60e6): Promise<number[]> {
  const epochUs = systemClock.nowUs()
  const moments: number[] = []
  return new Promise((resolve) =>
    metronome.start(epochUs, epochUs + untilUs, () => {
      moments.push(systemClock.nowUs() - epochUs)
      if ((moments.at(-1) as number) >= enoughUs) resolve(moments)
    }),
  )
}

describe('the metronome', () => {
  it('calls after each moment of the schedule, and never before', async () => {
    const moments = await callsUntil(await launch(buildFeed({ ratePerSec: 50 }), null), 90_000)
    for (const [index, us] of moments.entries()) expect(us).toBeGreaterThanOrEqual(10_000 + index * 20_000)
  })

  it('calls for what became due while the loop was busy', async () => {
    const metronome = await launch(buildFeed({ ratePerSec: 100 }), null)
    const called = callsUntil(metronome, 0)
    const untilUs = systemClock.nowUs() + 60_000
    while (systemClock.nowUs() < untilUs);
    expect((await called)[0]).toBeGreaterThanOrEqual(5_000)
  })

  it('follows a trace, and is silent after its end', async () => {
    const { feed, trace } = buildTraceFeed([5_000, 10_000, 40_000])
    const metronome = await launch(feed, trace)
    const moments = await callsUntil(metronome, 40_000)
    await sleep(50)
    expect(moments.length).toBeLessThanOrEqual(3)
  })

  it('is silent from the end of its range on', async () => {
    const metronome = await launch(buildFeed({ ratePerSec: 100 }), null)
    const moments = await callsUntil(metronome, 15_000, 25_000)
    // Of five calls more, had it gone on.
    await sleep(50)
    expect(moments.length).toBeLessThanOrEqual(2)
  })

  it('ends in the middle of a long wait when it is told to, and calls no more', async () => {
    const metronome = await launch(buildFeed({ ratePerSec: 0.001 }), null)
    let called = 0
    metronome.start(systemClock.nowUs(), Number.MAX_SAFE_INTEGER, () => called++)
    await sleep(20)
    await metronome.stop()
    expect(called).toBe(0)
  })

  it('ends when it was never started', async () => {
    await (await launch(buildFeed(), null)).stop()
  })

  it.runIf(existsSync('/proc/thread-self/schedstat'))('tells its processor time, also when the feed is over', async () => {
    const metronome = await launch(buildFeed({ ratePerSec: 200 }), null)
    const beforeUs = metronome.cpuUs()
    await callsUntil(metronome, 95_000, 100_000)
    await sleep(20)
    const afterUs = metronome.cpuUs()
    expect(beforeUs).toBeGreaterThan(0)
    expect(afterUs).toBeGreaterThan(beforeUs ?? 0)
    await metronome.stop()
    expect(metronome.cpuUs()).toBeNull()
  })
})

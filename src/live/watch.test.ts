import { describe, expect, test } from 'vitest'
import type { TrialProgress } from '../model/member.js'
import type { PlannedTrial } from '../model/plan.js'
import { buildPlan, buildTrial } from '../testing/builders.js'
import { RunWatch } from './watch.js'

const plan = buildPlan({ labels: ['sse', 'polling(interval=1s)', 'polling(interval=2s)'], rounds: 2 })
const first = plan.trials[0] as PlannedTrial
const second = plan.trials[1] as PlannedTrial

function progress(parts: Partial<TrialProgress> = {}): TrialProgress {
  return {
    connected: 200,
    delivered: 0,
    superseded: 0,
    seen: 0,
    newest: 0,
    received: 0,
    scheduled: 100,
    latencyUs: { p50: 2_000, p99: 9_000 },
    driverCpuUs: [0],
    serverCpuUs: null,
    ...parts,
  }
}

/** In the first trial's window, one second after it began. */
function measuring(): RunWatch {
  const watch = new RunWatch(plan)
  watch.enter(first, 'launch', 0, 0)
  watch.enter(first, 'warmup', 1e6, 2e6)
  watch.note(progress({ newest: 10, received: 2_000, driverCpuUs: [100_000, null], serverCpuUs: 500_000 }), 2.5e6)
  watch.enter(first, 'measure', 5e6, 3e6)
  watch.note(
    progress({ newest: 30, received: 5_900, seen: 20, delivered: 3_900, driverCpuUs: [400_000, 20_000], serverCpuUs: 700_000 }),
    3.5e6,
  )
  return watch
}

describe('a trial that is measured', () => {
  test('has its rates and loads by the second, between the last reports', () => {
    expect(measuring().view(4e6).now).toMatchObject({
      trial: 1,
      label: 'sse',
      phase: 'measuring',
      phaseUs: 5e6,
      phaseLeftUs: 4e6,
      trialLeftUs: 4e6,
      connected: 200,
      publishedPerSec: 20,
      deliveredPerSec: 3_900,
      latencyUs: { p50: 2_000, p99: 9_000 },
      serverLoad: 0.2,
      driverLoads: [0.3, null],
    })
  })

  test('awaits what some client has and others have not; while it drains, whatever the plan has', () => {
    const watch = measuring()
    expect(watch.view(4e6).now?.awaited).toBe(20 * 200 - 3_900)
    watch.enter(first, 'drain', 2e6, 8e6)
    expect(watch.view(8e6).now?.awaited).toBe(100 * 200 - 3_900)
  })

  test('forgets old reports, so that a rate is that of now', () => {
    const watch = measuring()
    for (let second = 4; second < 8; second++) watch.note(progress({ newest: 30, received: 5_900 }), second * 1e6)
    expect(watch.view(8e6).now).toMatchObject({ publishedPerSec: 0, deliveredPerSec: 0, serverLoad: null })
  })

  test('begins its course with its window, and keeps it when the next label has begun', () => {
    const watch = measuring()
    expect(watch.view(4e6).courses).toMatchObject([
      { label: 'sse', variant: 0, points: [{ atMs: 500, p50Us: 2_000, p99Us: 9_000, serverLoad: 0.2, driverLoad: 0.3 }] },
      { label: 'polling(interval=1s)', variant: 0, points: [] },
      { label: 'polling(interval=2s)', variant: 1, points: [] },
    ])
    watch.enter(second, 'launch', 0, 9e6)
    expect(watch.view(9e6).now).toMatchObject({ connected: null, deliveredPerSec: null, latencyUs: null, awaited: null })
    expect(watch.view(9e6).courses[0]?.points).toHaveLength(1)
  })
})

test('a long course stays short, with its peak', () => {
  const watch = new RunWatch(plan)
  watch.enter(first, 'measure', 3_600e6, 0)
  for (let half = 1; half <= 7_200; half++)
    watch.note(progress({ latencyUs: { p50: 1_000, p99: half === 3_333 ? 77_000 : 2_000 } }), half * 5e5)
  const points = watch.view(3_600e6).courses[0]?.points ?? []
  expect(points.length).toBeLessThanOrEqual(240)
  expect(points.at(-1)?.atMs).toBeGreaterThan(3_500_000)
  expect(Math.max(...points.map(({ p99Us }) => p99Us ?? 0))).toBe(77_000)
  const gaps = points.slice(1).map(({ atMs }, place) => atMs - (points[place]?.atMs ?? 0))
  expect(Math.max(...gaps)).toBeLessThan(70_000)
})

test('the run is over as many trials as are left, and their overhead', () => {
  const watch = new RunWatch(plan)
  expect(watch.view(0)).toMatchObject({ now: null, timeLeftUs: null, trials: 6 })
  watch.enter(first, 'measure', 5e6, 0)
  // 200 clients at 1,000 a second, 1 s of warm-up, 5 s, and 2.5 s around.
  expect(watch.view(1e6).timeLeftUs).toBe(4e6 + 5 * 8.7e6)
  watch.enter(first, 'close', 0, 7e6)
  expect(watch.view(7e6).timeLeftUs).toBe(5 * 8.7e6)
})

test('what has finished is told of, the latest 200', () => {
  const watch = new RunWatch(plan)
  for (let index = 0; index < 250; index++) watch.finish(buildTrial({ index }))
  const { finished, finishedCount } = watch.view(0)
  expect([finishedCount, finished.length, finished[0]?.trial, finished.at(-1)?.trial]).toEqual([250, 200, 51, 250])
  expect(finished[0]).toMatchObject({ label: 'websocket', status: 'valid', missing: 0, perMessageBytes: 204 })
})

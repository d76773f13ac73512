import type { FinishedTrial, LivePoint, LiveView } from '../model/live.js'
import { LOAD } from './builders.js'

/** Points of a course, two a second, around a p99. */
function points(p99Us: number, count: number): LivePoint[] {
  return Array.from({ length: count }, (_, index) => ({
    atMs: (index + 1) * 500,
    p50Us: p99Us / 3,
    p99Us: index === 7 ? p99Us * 4 : p99Us * (1 + 0.3 * Math.sin(index)),
    deliveredPerSec: 4_000 + 30 * Math.cos(index),
    serverLoad: 0.12 + 0.01 * (index % 3),
    driverLoad: 0.34 + 0.02 * (index % 4),
  }))
}

export function buildFinished(parts: Partial<FinishedTrial> = {}): FinishedTrial {
  return {
    trial: 1,
    label: 'polling(interval=1s)',
    transport: 'polling',
    load: LOAD,
    round: 1,
    status: 'valid',
    p50Us: 503_000,
    p99Us: 996_000,
    missing: 0,
    perMessageBytes: 241,
    ...parts,
  }
}

/** In the middle of a run: the fourth of ten trials is measured; any part of it replaced. */
export function buildLiveView(parts: Partial<LiveView> = {}): LiveView {
  return {
    scenario: 'quick',
    trials: 10,
    rounds: 2,
    loadPoints: 1,
    now: {
      trial: 4,
      label: 'sse',
      transport: 'sse',
      load: LOAD,
      round: 1,
      phase: 'measuring',
      phaseUs: 10e6,
      phaseLeftUs: 4e6,
      trialLeftUs: 4e6,
      connected: 200,
      publishedPerSec: 20.04,
      deliveredPerSec: 4_008.4,
      latencyUs: { p50: 1_210, p99: 3_400 },
      awaited: 12,
      serverLoad: 0.1249,
      driverLoads: [0.34, 0.301],
    },
    courses: [
      { label: 'polling(interval=1s)', transport: 'polling', variant: 0, points: points(996_000, 20) },
      { label: 'polling(interval=250ms)', transport: 'polling', variant: 1, points: points(245_000, 20) },
      { label: 'http-streaming', transport: 'http-streaming', variant: 0, points: points(3_700, 20) },
      { label: 'sse', transport: 'sse', variant: 0, points: points(3_400, 12) },
      { label: 'websocket', transport: 'websocket', variant: 0, points: [] },
    ],
    finished: [
      buildFinished(),
      buildFinished({ trial: 2, label: 'polling(interval=250ms)', p50Us: 126_000, p99Us: 248_000, status: 'degraded' }),
      buildFinished({
        trial: 3,
        label: 'http-streaming',
        transport: 'http-streaming',
        p50Us: 1_190,
        p99Us: 3_700,
        missing: 3,
        status: 'invalid',
      }),
    ],
    finishedCount: 3,
    timeLeftUs: 72e6,
    ...parts,
  }
}

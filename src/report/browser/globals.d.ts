/** What the scripts of the pages know of each other, and of what the dashboard's server says (src/model/live.ts). */
type PlotUnit = 'us' | 'ms' | 'bytes' | 'count' | 'share' | 'percent' | 'perSec'
interface PlotAxis {
  scale: 'linear' | 'log' | 'percentile'
  unit: PlotUnit
  label: string
}
interface PlotChart {
  title: string
  x: PlotAxis
  y: PlotAxis
  lines: { label: string; transport: string; variant: number; isInvalid: boolean; ys: (number | null | undefined)[] }[]
  xs: number[]
}
interface Window {
  feedbenchPlot: {
    draw(chart: PlotChart, place: HTMLElement): PlotDrawing | null
    formats: Record<PlotUnit, (value: number) => string>
    /** Draws all anew when the page's width or its colours change, and on paper, which is white whatever the screen is. */
    keepDrawn(drawAll: () => void): void
  }
}
/** Draws the same lines with other values; `false` where they have become others, and it takes a new drawing. */
type PlotDrawing = (chart: PlotChart) => boolean

interface LiveTrial {
  trial: number
  label: string
  load: Record<string, unknown> & { clients: number; ratePerSec: number; payloadBytes: number | null }
  round: number
}
interface LiveView {
  scenario: string
  trials: number
  rounds: number
  loadPoints: number
  timeLeftUs: number | null
  finishedCount: number
  now:
    | (LiveTrial & {
        phase: string
        phaseUs: number
        phaseLeftUs: number
        trialLeftUs: number
        connected: number | null
        publishedPerSec: number | null
        deliveredPerSec: number | null
        latencyUs: { p50: number; p99: number } | null
        awaited: number | null
        serverLoad: number | null
        driverLoads: (number | null)[]
      })
    | null
  courses: { label: string; transport: string; variant: number; points: LivePoint[] }[]
  finished: (LiveTrial & {
    transport: string
    status: string
    p50Us: number | null
    p99Us: number | null
    missing: number
    perMessageBytes: number | null
  })[]
}
interface LivePoint {
  atMs: number
  p99Us: number | null
  deliveredPerSec: number | null
  serverLoad: number | null
  driverLoad: number | null
}
interface LiveEnd {
  exitCode: number
  why: string | null
  folder: string | null
  report: string | null
}

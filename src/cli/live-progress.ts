import type { Dashboard } from '../dashboard/dashboard.js'
import { RunWatch } from '../live/watch.js'
import { systemClock } from '../measure/clock.js'
import type { FinishedTrial } from '../model/live.js'
import type { Plan } from '../model/plan.js'
import { renderFinished, renderLive } from '../report/live.js'
import { renderProgress } from '../report/progress.js'
import type { RunEvents } from '../runner/run.js'
import { LiveScreen } from './live-screen.js'
import { hasColour, hasUnicode, heightOf, isWatched, type Output, type Terminal, widthOf } from './terminal.js'

/** No more often than this is anything drawn or shown, but at a terminal a phase that begins: each drawing takes a core from the server or a driver for a while, its terminal's part included. */
const REDRAW_MS = 1_000

export const PROGRESS_STYLES = ['lines', 'none'] as const

/** One way of showing where a run is. */
interface Shown {
  phase?(): void
  finished?(trial: FinishedTrial): void
  end(): void
}

export interface ProgressOptions {
  style: (typeof PROGRESS_STYLES)[number] | undefined
  dashboard: Dashboard | null
}

/**
 * Where the run is: by default at a terminal, a view that is drawn anew in its place, and nothing anywhere else; `lines` for logs, one as each phase begins; and
 * on the dashboard, where there is one.
 */
export function liveProgress(
  plan: Plan,
  { stderr, env }: Pick<Terminal, 'stderr' | 'env'>,
  { style, dashboard }: ProgressOptions,
): RunEvents & { end(): void } {
  const watch = new RunWatch(plan)
  const atTerminal =
    style === 'lines'
      ? [phaseLines(watch, stderr)]
      : style === 'none' || !isWatched(stderr, env)
        ? []
        : [liveView(watch, stderr, env)]
  const all: Shown[] = [...atTerminal, ...(dashboard === null ? [] : [onDashboard(watch, dashboard)])]
  return {
    onPhase(trial, phase, endsInUs) {
      watch.enter(trial, phase, endsInUs, systemClock.nowUs())
      for (const shown of all) shown.phase?.()
    },
    onProgress: (_trial, progress) => watch.note(progress, systemClock.nowUs()),
    onTrial(trial) {
      const finished = watch.finish(trial)
      for (const shown of all) shown.finished?.(finished)
    },
    end() {
      watch.end()
      for (const shown of all) shown.end()
    },
  }
}

function liveView(watch: RunWatch, output: Output, env: Terminal['env']): Shown {
  const screen = new LiveScreen(output)
  const options = () => ({ colour: hasColour(output, env), unicode: hasUnicode(env), width: widthOf(output) - 1 })
  const draw = () => screen.draw(renderLive(watch.view(systemClock.nowUs()), { ...options(), height: heightOf(output) }))
  const timer = setInterval(draw, REDRAW_MS)
  return {
    phase: draw,
    finished: (trial) => screen.printAbove(renderFinished(trial, watch.view(systemClock.nowUs()), options())),
    end() {
      clearInterval(timer)
      screen.clear()
    },
  }
}

function phaseLines(watch: RunWatch, output: Output): Shown {
  return {
    phase() {
      const { now, timeLeftUs, trials, rounds } = watch.view(systemClock.nowUs())
      if (now === null) return
      const [clientsConnected, deliveriesPerSec] = [now.connected, now.deliveredPerSec]
      const line = {
        ...now,
        trials,
        rounds,
        clientsConnected,
        deliveriesPerSec,
        missing: now.phase === 'draining' ? now.awaited : null,
        timeLeftUs,
      }
      output.write(`${renderProgress(line, Number.POSITIVE_INFINITY)}\n`)
    },
    end() {},
  }
}

function onDashboard(watch: RunWatch, dashboard: Dashboard): Shown {
  const show = () => {
    if (dashboard.followers > 0) dashboard.show(watch.view(systemClock.nowUs()))
  }
  const timer = setInterval(show, REDRAW_MS)
  dashboard.onFollowers = show
  return {
    end() {
      clearInterval(timer)
      dashboard.onFollowers = () => {}
      // Whoever has not seen the last trial yet sees it in the end.
      show()
    },
  }
}

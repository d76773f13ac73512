import { RunWatch } from '../live/watch.js'
import { systemClock } from '../measure/clock.js'
import type { Plan } from '../model/plan.js'
import { renderFinished, renderLive } from '../report/live.js'
import { renderProgress } from '../report/progress.js'
import type { RunEvents } from '../runner/run.js'
import { LiveScreen } from './live-screen.js'
import { hasColour, hasUnicode, heightOf, isWatched, type Output, type Terminal, widthOf } from './terminal.js'

/** No more often than this, and without anything to say no more seldom. */
const REDRAW_MS = 250

export const PROGRESS_STYLES = ['lines', 'none'] as const

export type LiveProgress = RunEvents & { end(): void }

/** Where the run is: by default at a terminal, a view that is drawn anew in its place, and nothing anywhere else; `lines` for logs, one as each phase begins. */
export function liveProgress(
  plan: Plan,
  { stderr, env }: Pick<Terminal, 'stderr' | 'env'>,
  style?: (typeof PROGRESS_STYLES)[number],
): LiveProgress | null {
  const watch = new RunWatch(plan)
  if (style === 'lines') return phaseLines(watch, stderr)
  return style === 'none' || !isWatched(stderr, env) ? null : liveView(watch, stderr, env)
}

function liveView(watch: RunWatch, output: Output, env: Terminal['env']): LiveProgress {
  const screen = new LiveScreen(output)
  const options = () => ({ colour: hasColour(output, env), unicode: hasUnicode(env), width: widthOf(output) - 1 })
  const draw = () => screen.draw(renderLive(watch.view(systemClock.nowUs()), { ...options(), height: heightOf(output) }))
  const timer = setInterval(draw, REDRAW_MS)
  return {
    onPhase: (trial, phase, endsInUs) => watch.enter(trial, phase, endsInUs, systemClock.nowUs()),
    onProgress: (_trial, progress) => watch.note(progress, systemClock.nowUs()),
    onTrial(trial) {
      const finished = watch.finish(trial)
      screen.printAbove(renderFinished(finished, watch.view(systemClock.nowUs()), options()))
    },
    end() {
      clearInterval(timer)
      screen.clear()
    },
  }
}

function phaseLines(watch: RunWatch, output: Output): LiveProgress {
  return {
    onPhase(trial, phase, endsInUs) {
      const nowUs = systemClock.nowUs()
      watch.enter(trial, phase, endsInUs, nowUs)
      const { now, timeLeftUs, trials, rounds } = watch.view(nowUs)
      if (now === null) return
      const isEnd = now.phase === 'draining' || now.phase === 'closing'
      const line = {
        ...now,
        trials,
        rounds,
        clientsConnected: now.connected,
        deliveriesPerSec: now.deliveredPerSec,
        missing: isEnd ? now.awaited : null,
        timeLeftUs,
      }
      output.write(`${renderProgress(line, Number.POSITIVE_INFINITY)}\n`)
    },
    onProgress: (_trial, progress) => watch.note(progress, systemClock.nowUs()),
    onTrial() {},
    end() {},
  }
}

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock, wallClockUs } from '../dist/measure/clock.js'
import { describeEnvironment, feedbenchVersion } from '../dist/results/environment.js'
import { createRunFolder } from '../dist/results/run-folder.js'
import { LocalFleet } from '../dist/runner/local-fleet.js'
import { placeTrial } from '../dist/runner/placement.js'
import { runPlan } from '../dist/runner/run.js'
import { makePlan, traceContents } from '../dist/scenario/load.js'
import { readScenario } from '../dist/scenario/read.js'

/** Runs a scenario given as an object and resolves to its result. `onMeasure` is called when the window of a trial begins. */
export async function runScenario(scenario, { seed = 1, onMeasure = () => {}, onConnect = () => {} } = {}) {
  const loaded = await readScenario(JSON.stringify(scenario), { file: `${process.cwd()}/inline.yaml` })
  const fleet = new LocalFleet()
  const plan = makePlan(loaded, await fleet.describe(), placeTrial, { seed })
  const out = mkdtempSync(join(tmpdir(), 'feedbench-script-'))
  try {
    const { result, failure } = await runPlan({
      plan,
      traces: traceContents(loaded),
      fleet,
      folder: await createRunFolder(out, plan.scenario.name, wallClockUs()),
      context: { feedbench: { version: await feedbenchVersion() }, environment: await describeEnvironment(plan.cpuPlacement) },
      clock: systemClock,
      host: '127.0.0.1',
      signal: new AbortController().signal,
      events: {
        onPhase(trial, phase) {
          if (phase === 'measure') onMeasure(trial)
          if (phase === 'connect') onConnect(trial)
        },
        onProgress() {},
        onTrial() {},
      },
    })
    if (failure !== null) throw failure
    return result
  } finally {
    rmSync(out, { recursive: true })
  }
}

/** Ids of this program's children whose title begins so. */
export function childrenTitled(title) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const parent = Number(
          readFileSync(`/proc/${pid}/stat`, 'utf8')
            .replace(/^.*\) /, '')
            .split(' ')[1],
        )
        return parent === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(title)
      } catch {
        return false
      }
    })
    .map(Number)
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

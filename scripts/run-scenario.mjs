import { readdirSync, readFileSync } from 'node:fs'
import { readScenario, run } from '../dist/index.js'

/** Runs a scenario given as an object and resolves to its result. `onMeasure` is called when the window of a trial begins. */
export async function runScenario(scenario, { seed = 1, onMeasure = () => {}, onConnect = () => {} } = {}) {
  return run(await readScenario(scenario), {
    seed: scenario.seed ?? seed,
    on: {
      phase({ trial, phase }) {
        if (phase === 'measure') onMeasure(trial)
        if (phase === 'connect') onConnect(trial)
      },
    },
  })
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

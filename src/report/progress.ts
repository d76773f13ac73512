import type { PhaseName } from '../model/phase.js'
import type { Load } from '../model/plan.js'
import { visible } from './escape.js'
import { describeLoad } from './load.js'
import { formatCount } from './quantity.js'
import { timeLeft } from './time-left.js'

/** Where a run is, as often as its runner hears of it. `null`: not known in this phase. */
export interface Progress {
  /** From 1. */
  trial: number
  trials: number
  label: string
  load: Load
  /** From 1. */
  round: number
  rounds: number
  phase: PhaseName
  clientsConnected: number | null
  deliveriesPerSec: number | null
  missing: number | null
  /** Of the whole run, in microseconds. */
  timeLeftUs: number | null
}

/** One line of at most `width` characters: what matters least is left out first. */
export function renderProgress(progress: Progress, width: number): string {
  const { label, round, rounds, load, clientsConnected, deliveriesPerSec, missing, timeLeftUs } = progress
  const parts: [importance: number, text: string | null][] = [
    [0, `${progress.trial}/${progress.trials}`],
    [1, visible(label)],
    [8, visible(describeLoad(load))],
    [5, rounds < 2 ? null : `round ${round} of ${rounds}`],
    [2, progress.phase],
    [4, clientsConnected === null ? null : `${formatCount(clientsConnected)}/${formatCount(load.clients)} clients`],
    [6, deliveriesPerSec === null ? null : `${formatCount(Math.round(deliveriesPerSec))} deliveries/s`],
    // What is on its way counts as missing until it arrives: hence so far.
    [3, missing === null ? null : `${formatCount(missing)} missing so far`],
    [2.5, timeLeftUs === null ? null : `${timeLeft(timeLeftUs)} left`],
  ]
  const shown = parts.filter((part): part is [number, string] => part[1] !== null)
  while (shown.length > 1 && line(shown).length > width) {
    const least = Math.max(...shown.map(([importance]) => importance))
    shown.splice(
      shown.findIndex(([importance]) => importance === least),
      1,
    )
  }
  return line(shown).slice(0, Math.max(0, width))
}

function line(parts: readonly [number, string][]): string {
  return parts.map(([, text]) => text).join('  ')
}

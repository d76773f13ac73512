import { existsSync, readdirSync } from 'node:fs'
import { COMPARISON_FORMATS } from '../report/compare-formats.js'
import { REPORT_FORMATS } from '../report/formats.js'
import { RUNS_FOLDER } from '../results/run-folder.js'
import { publishedScenarios, shippedScenarios } from '../scenario/shipped.js'
import { builtInTransports } from '../transports/registry.js'
import { optionBefore } from './line-to-complete.js'

const MOST_RUNS = 200

/** What can stand where the last word is, and only feedbench knows; `null` where that is for yargs to say: commands, options, choices. */
export function completionsOf(words: readonly string[]): string[] | null {
  const current = words.at(-1) ?? ''
  const [, assigned, begun = ''] = /^(--[a-z-]+=)(.*)$/.exec(current) ?? []
  if (assigned !== undefined) return valuesOf(assigned.slice(0, -1), begun, words[0])?.map((text) => assigned + text) ?? []
  const values = valuesOf(optionBefore(words) ?? '', current, words[0])
  if (values !== null || words.length < 2 || current.startsWith('-') || optionBefore(words) !== null) return values
  const [command] = words
  const names =
    (command === 'run' || command === 'gate') && words.length === 2
      ? [...shippedScenarios(), ...publishedScenarios()].map(({ name }) => name)
      : null
  const found = command === 'report' || command === 'compare' ? runFolders() : names
  return found?.filter((name) => name.startsWith(current) && !words.slice(0, -1).includes(name)) ?? null
}

function valuesOf(option: string, begun: string, command: string | undefined): string[] | null {
  const formats = Object.keys(command === 'compare' ? COMPARISON_FORMATS : REPORT_FORMATS)
  if (option === '--format') return formats.filter((name) => name.startsWith(begun))
  if (option !== '--transports') return null
  // Of a list only the last is begun.
  const earlier = begun.slice(0, begun.lastIndexOf(',') + 1)
  const taken = earlier.split(',')
  return builtInTransports
    .map(({ name }) => name)
    .filter((name) => !taken.includes(name) && name.startsWith(begun.slice(earlier.length)))
    .map((name) => earlier + name)
}

/** Those below the folder that the user is in, the newest first. */
function runFolders(): string[] {
  if (!existsSync(RUNS_FOLDER)) return []
  return readdirSync(RUNS_FOLDER)
    .sort()
    .reverse()
    .slice(0, MOST_RUNS)
    .map((name) => `${RUNS_FOLDER}/${name}`)
    .filter((folder) => existsSync(`${folder}/plan.json`))
}

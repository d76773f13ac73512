import pc from 'picocolors'
import { oneLine, visible } from './escape.js'
import { wrap } from './wrap.js'

const LIST_WIDTH = 110

/** What `list` shows, as plain data; also what `list --json` prints. */
export interface Listing {
  scenarios: ListedScenario[]
  /** Those that measure a published result again. */
  published: ListedScenario[]
  transports: ListedTransport[]
}

export interface ListedScenario {
  file: string
  /** What `run` knows it by. */
  name: string
  /** The question that the scenario asks: its description. */
  question: string | null
}

export interface ListedTransport {
  name: string
  summary: string
  options: ListedOption[]
  /** By the names of a descriptor's capabilities. */
  capabilities: Record<string, boolean>
}

export interface ListedOption {
  name: string
  /** As a scenario would have it (`1s`, `off`); `null` where there is none. */
  default: string | null
  description: string | null
}

/** In the order in which they are said; one that is not here is said by its own name. */
const CAPABILITIES: Record<string, string> = {
  pull: 'client asks',
  hold: 'server holds requests',
  push: 'server pushes',
  publish: 'clients publish',
  ack: 'clients acknowledge',
  resume: 'resumes where it left off',
  multiplexed: 'clients share connections',
}

/** Scenarios with the question each asks, then transports with what a scenario may set. */
export function renderList({ scenarios, published, transports }: Listing, { colour }: { colour: boolean }): string {
  const { bold, dim } = pc.createColors(colour)
  const wordWidth = widest(scenarios.map(({ name }) => name))
  const questions = scenarios.map(
    ({ file, name, question }) => `  ${visible(name).padEnd(wordWidth)}  ${oneLine(question ?? file)}`,
  )
  const nameWidth = widest(transports.map(({ name }) => name))
  const optionWidth = widest(transports.flatMap(({ options }) => options.map(optionText)))
  const indent = ' '.repeat(nameWidth + 4)
  const entries = transports.flatMap(({ name, summary, options, capabilities }) => [
    `  ${visible(name).padEnd(nameWidth)}  ${visible(summary)}`,
    dim(`${indent}${capabilityWords(capabilities)}`),
    ...options.map((option) =>
      `${indent}${optionText(option).padEnd(optionWidth)}  ${dim(visible(option.description ?? ''))}`.trimEnd(),
    ),
  ])
  const none = '  none here'
  const lines = [
    `${bold('Scenarios')}, each run by its name: feedbench run <name>`,
    ...(questions.length === 0 ? [none] : questions),
    '',
    ...publishedLines(published, bold),
    bold('Transports'),
    ...entries,
  ]
  return `${lines.join('\n')}\n`
}

/** By their names only: what each asks is in docs/published.md. */
function publishedLines(published: ListedScenario[], bold: (text: string) => string): string[] {
  if (published.length === 0) return []
  const names = published.map(({ name }) => visible(name.replace(/^published\//, '')))
  return [
    `${bold('Published results')}, each measured again by its name: feedbench run published/<name>`,
    wrap(names.join(', '), LIST_WIDTH, '  '),
    '',
  ]
}

function optionText(option: ListedOption): string {
  return visible(option.default === null ? option.name : `${option.name}: ${option.default}`)
}

function capabilityWords(capabilities: Record<string, boolean>): string {
  const names = [...new Set([...Object.keys(CAPABILITIES), ...Object.keys(capabilities)])]
  return names
    .filter((name) => Object.hasOwn(capabilities, name) && capabilities[name])
    .map((name) => (Object.hasOwn(CAPABILITIES, name) ? CAPABILITIES[name] : visible(name)))
    .join(', ')
}

function widest(texts: string[]): number {
  return Math.max(0, ...texts.map((text) => visible(text).length))
}

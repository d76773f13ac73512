import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ciWorkflow } from '../src/scenario/ci-workflow.js'
import { ROOT } from './command.js'

/** The action and the workflows, as far as they go without GitHub: what they say. What the action's scripts do is in action-scripts.test.ts. */

interface Step {
  id?: string
  name?: string
  if?: string
  uses?: string
  run?: string
  shell?: string
  env?: Record<string, string>
  with?: Record<string, unknown>
}
interface Action {
  inputs: Record<string, { description: string; default: string }>
  outputs: Record<string, { value: string }>
  runs: { using: string; steps: Step[] }
}
interface Workflow {
  permissions: Record<string, string>
  jobs: Record<string, { steps: Step[]; env?: Record<string, string> }>
}

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
const action = parse(read('action.yml')) as Action
const workflows = readdirSync(join(ROOT, '.github/workflows')).map((file) => read(`.github/workflows/${file}`))
const texts = [...workflows, ciWorkflow('feedbench.yaml')]
const ofWorkflows = texts.flatMap((text) => Object.values((parse(text) as Workflow).jobs).flatMap(({ steps }) => steps))
const steps = [...action.runs.steps, ...ofWorkflows]

describe('every step', () => {
  test('that is somebody else’s is pinned by commit, the same everywhere, with its version beside it', () => {
    const lines = [read('action.yml'), ...texts].flatMap((text) => text.match(/uses: .*/g) ?? [])
    const others = lines.filter((line) => line !== 'uses: ./')
    expect(others.length).toBeGreaterThan(5)
    for (const line of others) expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
    expect(new Set(others).size).toBe(new Set(others.map((line) => line.split('@')[0])).size)
  })

  test('has nothing pasted into its script', () => {
    const scripts = steps.flatMap(({ run }) => (run === undefined ? [] : [run]))
    expect(scripts.length).toBeGreaterThan(6)
    for (const script of scripts) expect(script).not.toContain('${{')
  })

  test('of the action has a shell, and all inputs are used and only those', () => {
    expect(action.runs.using).toBe('composite')
    for (const { run, shell } of action.runs.steps) expect(run === undefined ? undefined : shell).toBe(run && 'bash')
    const used = [...read('action.yml').matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name)
    expect([...new Set(used)].sort()).toEqual(Object.keys(action.inputs).sort())
  })

  test('of this repository’s gate has inputs that the action knows', () => {
    const gate = ofWorkflows.find(({ uses }) => uses === './')
    expect(Object.keys(gate?.with ?? {}).filter((name) => !Object.hasOwn(action.inputs, name))).toEqual([])
    expect(gate?.with).toMatchObject({ 'baseline-ref': 'HEAD^' })
  })

  test('may read and nothing else', () => {
    for (const text of texts) expect((parse(text) as Workflow).permissions).toEqual({ contents: 'read' })
  })
})

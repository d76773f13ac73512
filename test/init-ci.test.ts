import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ciWorkflow } from '../src/scenario/ci-workflow.js'
import { feedbench, temporaryFolder } from './command.js'

interface Workflow {
  jobs: Record<string, { steps: { name?: string }[]; env?: Record<string, string> }>
}

describe('init --ci', async () => {
  const folder = await temporaryFolder()
  const workflow = join(folder, '.github/workflows/feedbench.yml')

  test('writes a workflow beside the scenario, whose path is a value, and overwrites neither', async () => {
    const first = await feedbench(['init', '--ci'], { cwd: folder })
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toContain('.github/workflows/feedbench.yml runs it for every change')
    expect(readFileSync(workflow, 'utf8')).toBe(ciWorkflow('feedbench.yaml'))
    const { jobs } = parse(readFileSync(workflow, 'utf8')) as Workflow
    expect(jobs.feedbench?.env).toEqual({ SCENARIO: 'feedbench.yaml' })
    writeFileSync(workflow, 'mine')
    const second = await feedbench(['init', 'other.yaml', '--ci'], { cwd: folder })
    expect(second).toMatchObject({ code: 2, stdout: '' })
    expect(second.stderr).toMatch(/feedbench\.yml: expected to write a new workflow.*\[E_FILE_EXISTS\]\n {2}hint: /)
    expect(readFileSync(workflow, 'utf8')).toBe('mine')
    expect(existsSync(join(folder, 'other.yaml'))).toBe(false)
  })

  test('keeps a scenario that is there, and writes to the root of the repository', async () => {
    const repository = join(folder, 'repository')
    mkdirSync(join(repository, '.git'), { recursive: true })
    mkdirSync(join(repository, 'bench'))
    writeFileSync(join(repository, 'bench/a "b".yaml'), 'mine')
    const { code, stdout } = await feedbench(['init', 'a "b".yaml', '--ci'], { cwd: join(repository, 'bench') })
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/was there, and is kept/) })
    expect(readFileSync(join(repository, 'bench/a "b".yaml'), 'utf8')).toBe('mine')
    const { jobs } = parse(readFileSync(join(repository, '.github/workflows/feedbench.yml'), 'utf8')) as Workflow
    expect(jobs.feedbench?.env).toEqual({ SCENARIO: 'bench/a "b".yaml' })
  })

  test('says how to gate in lines that are a workflow without their "# "', () => {
    const whole = ciWorkflow('feedbench.yaml').replace(/^ {6}# (?=[- ] ?\S)/gm, '      ')
    const names = (parse(whole) as Workflow).jobs.feedbench?.steps.map(({ name }) => name)
    expect(names).toEqual([
      undefined,
      undefined,
      'Build',
      'Measure',
      'Report',
      'Build the baseline',
      'Gate',
      'Keep what was measured',
    ])
  })
})

import { existsSync } from 'node:fs'
import { mkdir, open, rm, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { FeedbenchError } from '../model/errors.js'
import { outputError } from '../results/output-error.js'
import { ciWorkflow, WORKFLOW_FILE } from '../scenario/ci-workflow.js'

/** A workflow that can be written. */
export interface NewWorkflow {
  /** From the folder that the user is in. */
  path: string
  write(): Promise<void>
}

/** The workflow of a scenario, at the root of its repository (or the folder that the user is in). E_FILE_EXISTS where there is one, before anything is written. */
export async function workflowFor(scenario: string): Promise<NewWorkflow> {
  const root = repositoryOf(dirname(scenario)) ?? process.cwd()
  const file = join(root, ...WORKFLOW_FILE.split('/'))
  const path = relative(process.cwd(), file)
  if (existsSync(file))
    throw new FeedbenchError({
      code: 'E_FILE_EXISTS',
      where: path,
      message: 'expected to write a new workflow, but there is one already',
      hint: 'move this one, or leave out --ci',
    })
  const below = relative(root, scenario).split(sep).join('/')
  // What begins with a dash would be an option.
  const text = ciWorkflow(below.startsWith('-') ? `./${below}` : below)
  const write = async (): Promise<void> => {
    try {
      await mkdir(dirname(file), { recursive: true })
      await writeNew(file, text)
    } catch (error) {
      throw outputError(path, error)
    }
  }
  return { path, write }
}

/** Leaves nothing behind where the text does not fit on the disk. */
export async function writeNew(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx')
  try {
    await handle.writeFile(text)
  } catch (error) {
    await rm(file, { force: true })
    throw error
  } finally {
    await handle.close()
  }
}

export async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  )
}

function repositoryOf(folder: string): string | null {
  if (existsSync(join(folder, '.git'))) return folder
  const above = dirname(folder)
  return above === folder ? null : repositoryOf(above)
}

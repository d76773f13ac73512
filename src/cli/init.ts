import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FeedbenchError } from '../model/errors.js'
import { visible } from '../report/escape.js'
import { outputError } from '../results/output-error.js'
import { WORKFLOW_FILE } from '../scenario/ci-workflow.js'
import { STARTER_FILE, starterScenario } from '../scenario/starter.js'
import type { Command } from './command.js'
import { isFile, workflowFor, writeNew } from './init-workflow.js'
import { howToStart, quoted } from './invocation.js'
import type { Terminal } from './terminal.js'

/** Of the package, from src as from dist. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const SCHEMA = join(ROOT, 'docs', 'schema', 'scenario.schema.json')

export const initCommand: Command = {
  options: (parser) =>
    parser
      .positional('path', {
        type: 'string',
        default: STARTER_FILE,
        describe: 'The file to write; one that is there is never overwritten',
      })
      .option('ci', {
        type: 'boolean',
        default: false,
        describe: `Write ${WORKFLOW_FILE} too, for GitHub Actions; a scenario that is there is kept`,
      })
      .example('$0 init', `writes ${STARTER_FILE} in this folder`)
      .example('$0 init scenarios/chat.yaml', 'elsewhere, under another name')
      .example('$0 init --ci', 'and a workflow that runs it for every change') as never,
  // What stands behind `--` is a path too, whatever it begins with.
  run: ({ path, ci, _: words }, terminal) => init(String((words as unknown[])[1] ?? path), ci === true, terminal),
}

async function init(path: string, isForCi: boolean, { stdout, env }: Terminal): Promise<number> {
  const file = resolve(path)
  const workflow = isForCi && path !== '' ? await workflowFor(file) : null
  const isKept = workflow !== null && (await isFile(file))
  if (!isKept)
    await writeNew(file, starterScenario(schemaFor(dirname(file)))).catch(async (error: unknown) => {
      throw await cannotWrite(path, error)
    })
  if (workflow !== null) await workflow.write()
  const start = howToStart({ script: process.argv[1] ?? '', root: ROOT, cwd: process.cwd(), env })
  // What begins with a dash would be an option.
  const name = quoted(path.startsWith('-') ? `./${path}` : path)
  const next: [command: string, does: string][] = [
    [`run ${name}`, 'runs it, in under a minute'],
    ['doctor', 'says how many clients this machine can carry'],
  ]
  const widest = Math.max(...next.map(([command]) => visible(command).length))
  stdout.write(
    [
      isKept ? `${visible(path)} was there, and is kept. Next:` : `${visible(path)} is a scenario that works as it is. Next:`,
      ...next.map(([command, does]) => `  ${start} ${visible(command).padEnd(widest)}    ${does}`),
      ...(workflow === null
        ? []
        : ['', `${visible(workflow.path)} runs it for every change; its numbered comments say what to edit.`]),
      '',
    ].join('\n'),
  )
  return 0
}

/**
 * The schema's path from a folder, where the schema belongs to the same project: in a checkout, or in node_modules at or above the folder.
 * That of a global installation or of npx's cache would be another one on the next machine.
 */
function schemaFor(folder: string): string | null {
  const root = join(ROOT, '.')
  const project = basename(dirname(root)) === 'node_modules' ? dirname(dirname(root)) : root
  const isInside = folder === stripped(project) || folder.startsWith(`${stripped(project)}${sep}`)
  if (!isInside || !existsSync(SCHEMA)) return null
  const path = relative(folder, SCHEMA).split(sep).join('/')
  return path.startsWith('.') ? path : `./${path}`
}

function stripped(folder: string): string {
  return folder.endsWith(sep) ? folder.slice(0, -1) : folder
}

/** In the words of the other commands, with what `init` can be told instead. */
async function cannotWrite(path: string, error: unknown): Promise<FeedbenchError> {
  if (path === '')
    return new FeedbenchError({
      code: 'E_USAGE',
      where: 'init',
      message: 'expected the path of a file, got an empty one',
      hint: `feedbench init writes ${STARTER_FILE}`,
    })
  const { code } = error as NodeJS.ErrnoException
  const found = await stat(path).catch(() => null)
  if (found?.isDirectory() === true) {
    const message = 'expected the path of a file, but a folder is there'
    return new FeedbenchError({
      code: 'E_OUTPUT',
      where: path,
      message,
      hint: `feedbench init ${quoted(join(path, STARTER_FILE))}`,
    })
  }
  if (code === 'EEXIST') {
    const message = 'expected to write a new file, but there is one already'
    return new FeedbenchError({
      code: 'E_FILE_EXISTS',
      where: path,
      message,
      hint: 'name another (feedbench init <path>), or move this one',
    })
  }
  if (code === 'ENOENT' && !existsSync(dirname(resolve(path)))) {
    const message = 'expected to write it, but its folder is not there'
    return new FeedbenchError({ code: 'E_OUTPUT', where: path, message, hint: 'make the folder first, or name another file' })
  }
  const { problems } = outputError(path, code === 'ENOENT' ? new Error('the file system does not take it') : error)
  return new FeedbenchError(problems.map((problem) => ({ ...problem, hint: 'name another file: feedbench init <path>' })))
}

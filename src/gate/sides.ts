import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FeedbenchError } from '../model/errors.js'
import type { GateSide, Side } from '../model/gate.js'
import type { Environment } from '../model/result.js'
import type { ScenarioTarget } from '../model/scenario.js'
import { commandWords, type TargetProcess } from '../model/target.js'
import { feedbenchBuild, revisionOf, trackedBuild } from './build.js'
import { feedbenchSide, type LaunchSide, targetSide } from './side-server.js'

/** A side of a gate: what it is, how its server is started, and what it serves at the moment. */
export interface SideSource extends GateSide {
  /** Of a target, in place of the scenario's. */
  own: Partial<TargetProcess>
  launch: LaunchSide
  currentBuild: CurrentBuild
}

/** `null` where it cannot be told. */
export type CurrentBuild = () => Promise<string | null>

/** What is measured against a stored baseline. */
export interface StoredCandidate {
  side: GateSide
  /** Of a target, in place of the scenario's. */
  own: Partial<TargetProcess>
  currentBuild: CurrentBuild
}

/**
 * What `--baseline` and `--candidate` name. Without a target in the scenario that is a folder with a feedbench; with one, a folder in which its command is started, or another
 * command. @throws FeedbenchError E_GATE_SIDE
 */
export async function findSide(side: Side, what: string, target: ScenarioTarget | null): Promise<SideSource> {
  const isOfFolder = await isFolder(resolve(what))
  if (target === null) return feedbenchIn(side, what, isOfFolder)
  if (target.process === null)
    throw noSide(
      side,
      what,
      'a scenario whose target has a command, to start the side with',
      'give target.command instead of target.url',
    )
  if (!isOfFolder) {
    const own = { command: commandOf(side, what, target.process) }
    return { what, build: null, revision: null, own, launch: targetSide(own), currentBuild: async () => null }
  }
  const folder = resolve(what)
  const currentBuild = () => trackedBuild(folder)
  return {
    what,
    build: await currentBuild(),
    revision: await revisionOf(folder),
    own: { cwd: folder },
    launch: targetSide({ cwd: folder }),
    currentBuild,
  }
}

/** What is measured against a stored baseline: the scenario's target, or what `--candidate` has in its place; without a target this feedbench. */
export async function storedCandidate(
  what: string | undefined,
  target: ScenarioTarget | null,
  { feedbench, environment: { git } }: { feedbench: { version: string }; environment: Environment },
): Promise<StoredCandidate> {
  const itself = `feedbench ${feedbench.version}`
  if (target === null) {
    if (what !== undefined && what !== itself)
      throw noSide(
        'candidate',
        what,
        'nothing, since this feedbench is measured',
        'run the gate with the feedbench that is to be judged',
      )
    const revision = git === null ? null : `${git.revision}${git.dirty ? ' with changes' : ''}`
    const currentBuild = () => feedbenchBuild(OWN_FOLDER)
    return { side: { what: itself, build: await currentBuild(), revision }, own: {}, currentBuild }
  }
  if (what === undefined || what === SCENARIOS_OWN) {
    const folder = target.process?.cwd
    const currentBuild = async () => (folder === undefined ? null : trackedBuild(folder))
    const revision = folder === undefined ? null : await revisionOf(folder)
    return { side: { what: SCENARIOS_OWN, build: await currentBuild(), revision }, own: {}, currentBuild }
  }
  const { build, revision, own, currentBuild } = await findSide('candidate', what, target)
  return { side: { what, build, revision }, own, currentBuild }
}

/** Of the package that this module is part of. */
const OWN_FOLDER = fileURLToPath(new URL('../../', import.meta.url))

const SCENARIOS_OWN = "the scenario's target"

/** Words between spaces, which go to no shell. What looks like a folder, and is none, was mistyped. */
function commandOf(side: Side, what: string, { cwd }: { cwd: string }): string[] {
  const hint = `a folder in which the scenario's target.command is started, or another command, such as --${side} "node server.js"`
  const words = commandWords(what)
  if (words === null) throw noSide(side, what, 'words between spaces, which go to no shell', hint)
  const [program = ''] = words
  if (words.length === 1 && /[/\\]/.test(program) && !existsSync(resolve(cwd, program)))
    throw noSide(side, what, 'a folder that is there', hint)
  return words
}

async function feedbenchIn(side: Side, what: string, isOfFolder: boolean): Promise<SideSource> {
  if (!isOfFolder) {
    const hint = 'for a server of your own the scenario needs a target, with a command and how to publish to it'
    throw noSide(side, what, 'a folder with a feedbench in it, got what is no folder', hint)
  }
  const folder = resolve(what)
  const name = await packageName(folder)
  if (name !== 'feedbench') {
    const got = name === null ? 'one without a package.json' : `the package ${JSON.stringify(name)}`
    throw noSide(side, what, `a folder with a feedbench in it, got ${got}`)
  }
  const program = join(folder, 'dist', 'main.js')
  if (!(await isFile(program)))
    throw noSide(side, what, 'a feedbench that was built, but it has no dist/main.js', `run npm ci in ${what} first`)
  const currentBuild = () => feedbenchBuild(folder)
  return {
    what,
    build: await currentBuild(),
    revision: await revisionOf(folder),
    own: {},
    launch: feedbenchSide(program),
    currentBuild,
  }
}

function noSide(side: Side, what: string, expected: string, hint?: string): FeedbenchError {
  return new FeedbenchError({
    code: 'E_GATE_SIDE',
    where: `--${side}`,
    message: `expected ${expected}: ${JSON.stringify(what)}`,
    hint: hint ?? 'name a checkout of feedbench in which npm ci was run, such as a git worktree of the commit before',
  })
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  )
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isFile(),
    () => false,
  )
}

async function packageName(folder: string): Promise<string | null> {
  try {
    const { name } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { name?: unknown }
    return String(name)
  } catch {
    return null
  }
}

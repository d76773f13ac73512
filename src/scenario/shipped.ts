import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Beside `dist`, in a checkout as in the package. */
const FOLDER = fileURLToPath(new URL('../../scenarios', import.meta.url))
const EXTENSION = '.yaml'

/** The scenarios that come along, by the names under which `run` knows them, and their files. */
export function shippedScenarios(): { name: string; file: string }[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(EXTENSION))
    .sort()
    .map((file) => ({ name: basename(file, EXTENSION), file: join(FOLDER, file) }))
}

/** The file of a scenario that is named by its path, or by the name of one that comes along. A file of the user's goes first. */
export function scenarioFile(pathOrName: string): string {
  const shipped = shippedScenarios().find(({ name }) => name === pathOrName)
  const isOfUser = shipped === undefined || (existsSync(pathOrName) && !statSync(pathOrName).isDirectory())
  return isOfUser ? pathOrName : shipped.file
}

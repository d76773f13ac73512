import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Beside `dist`, in a checkout as in the package. */
const FOLDER = fileURLToPath(new URL('../../scenarios', import.meta.url))
const EXTENSION = '.yaml'

/** Of published results that are measured again: `published/wrk2`. */
const PUBLISHED = 'published'

export interface ShippedScenario {
  name: string
  file: string
}

/** The scenarios that come along, by the names under which `run` knows them, and their files. */
export function shippedScenarios(): ShippedScenario[] {
  return scenariosIn(FOLDER)
}

/** Those that measure a published result again, one a source. */
export function publishedScenarios(): ShippedScenario[] {
  return scenariosIn(join(FOLDER, PUBLISHED)).map(({ name, file }) => ({ name: `${PUBLISHED}/${name}`, file }))
}

function scenariosIn(folder: string): ShippedScenario[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(EXTENSION))
    .sort()
    .map((file) => ({ name: basename(file, EXTENSION), file: join(folder, file) }))
}

/** The file of a scenario that is named by its path, or by the name of one that comes along. A file of the user's goes first. */
export function scenarioFile(pathOrName: string): string {
  const shipped = [...shippedScenarios(), ...publishedScenarios()].find(({ name }) => name === pathOrName)
  const isOfUser = shipped === undefined || (existsSync(pathOrName) && !statSync(pathOrName).isDirectory())
  return isOfUser ? pathOrName : shipped.file
}

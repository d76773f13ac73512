import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { LoadedScenario } from '../scenario/load.js'
import { traceContents } from '../scenario/load.js'

/**
 * SHA-256 of what a scenario measures with and its text only names: traces, its codec and plug-ins. Of a module its own file, not what that imports.
 */
export async function filesOf(scenario: LoadedScenario): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for (const [index, sha256] of [...traceContents(scenario).keys()].entries())
    files[index === 0 ? 'trace' : `trace ${index + 1}`] = sha256
  const modules = [
    { name: 'codec', module: scenario.codec.module },
    ...scenario.transports.map(({ transport: name, module }) => ({ name, module })),
  ]
  for (const { name, module } of modules) if (module.startsWith('file:')) files[name] = await sha256Of(module)
  return files
}

async function sha256Of(module: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(fileURLToPath(module)))
    .digest('hex')
}

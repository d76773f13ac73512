import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Builds dist before the first test, so that tests which start processes run what is in src now.
 * Code that does not compile fails the black-box tests here; unit tests go on and say more by themselves.
 */
export default function build(project: TestProject): void {
  try {
    execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-b', root], { encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    const { stdout, message } = error as { stdout?: string; message: string }
    const report = `src does not compile:\n${stdout ?? message}`
    if (project.name !== 'unit') throw new Error(report)
    process.stderr.write(report)
  }
}

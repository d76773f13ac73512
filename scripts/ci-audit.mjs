// Asks the registry for known vulnerabilities of everything that is installed, for development too. A registry that does not answer,
// or has no such service, says nothing about the dependencies: that is said, and is no failure.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const { stdout } = spawnSync('npm', ['audit', '--json'], { cwd: root, encoding: 'utf8', timeout: 30_000 })

function readReport() {
  try {
    return JSON.parse(stdout)
  } catch {
    return {}
  }
}

const { vulnerabilities, metadata, message } = readReport()
if (vulnerabilities === undefined || metadata === undefined) {
  console.log(`not audited: the registry gives no report (${message ?? 'no answer'})`)
} else {
  const found = Object.values(vulnerabilities)
  for (const { name, severity, range, isDirect } of found) {
    console.error(`${severity}: ${name} ${range}${isDirect ? ', which package.json asks for' : ''}`)
  }
  console.log(
    `${metadata.dependencies?.total ?? 0} dependencies, ${found.length === 0 ? 'no' : found.length} known vulnerabilities`,
  )
  process.exitCode = found.length === 0 ? 0 : 1
}

// Runs the import rules over src and says how many modules they saw: "no violations" over no modules must not pass.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const cruiser = `${root}node_modules/dependency-cruiser/bin/dependency-cruise.mjs`

const { stdout, stderr, error } = spawnSync(
  process.execPath,
  [cruiser, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'],
  { cwd: root, encoding: 'utf8', maxBuffer: 256 * 2 ** 20, timeout: 180_000 },
)
if (error !== undefined || stdout === '') {
  console.error(`the import rules did not run: ${error?.message ?? stderr}`)
  process.exit(1)
}

const { modules, summary } = JSON.parse(stdout)
const seen = new Set(modules.map(({ source }) => source).filter((source) => source.startsWith('src/')))
const unseen = readdirSync(`${root}src`, { recursive: true })
  .map((file) => `src/${file.replaceAll('\\', '/')}`)
  .filter((file) => file.endsWith('.ts') && !seen.has(file))
const dependencies = modules.reduce((sum, module) => sum + module.dependencies.length, 0)

for (const { rule, from, to, cycle } of summary.violations) {
  const way = cycle === undefined ? to : cycle.map(({ name }) => name).join(' -> ')
  console.error(`${rule.name}: ${from} -> ${way}`)
}
for (const file of unseen) console.error(`not seen: ${file}`)

const violations = summary.violations.length
console.log(`${seen.size} modules, ${dependencies} dependencies, ${violations === 0 ? 'no' : violations} violations`)
process.exitCode = violations > 0 || unseen.length > 0 || seen.size === 0 ? 1 : 0

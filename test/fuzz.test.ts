import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** A sample of what `scripts/fuzz.mjs` does a hundred thousand times. */
const CASES_OF_A_KIND = 200
const SEED = '1'

test('mutated scenarios and runs are accepted, or refused with problems', async () => {
  const script = fileURLToPath(new URL('../scripts/fuzz.mjs', import.meta.url))
  const args = [script, '--cases', String(4 * CASES_OF_A_KIND), '--seed', SEED]
  const { stdout } = await promisify(execFile)(process.execPath, args).catch(
    (error: Error & { stdout: string; stderr: string }) => {
      throw new Error(`node scripts/fuzz.mjs ${args.slice(1).join(' ')} found a bug\n${error.stdout}${error.stderr}`)
    },
  )
  const kinds = [...stdout.matchAll(/^(\w+, \w+) +(\d+) cases: (\d+) accepted, (\d+) refused, 0 bugs;/gm)]
  expect(kinds.map(([, kind]) => kind)).toEqual(['scenario, bytes', 'scenario, values', 'run, bytes', 'run, values'])
  for (const [, , cases, accepted, refused] of kinds) {
    expect(Number(cases)).toBe(CASES_OF_A_KIND)
    // Otherwise nothing but the first look at a file would be tried.
    expect(Number(accepted)).toBeGreaterThan(CASES_OF_A_KIND / 20)
    expect(Number(refused)).toBeGreaterThan(CASES_OF_A_KIND / 20)
  }
})

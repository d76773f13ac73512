import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CHECK_NAMES } from '../model/diagnosis.js'
import { buildDiagnosis } from '../testing/diagnosis.js'

const page = readFileSync(new URL('../../docs/doctor.md', import.meta.url), 'utf8')
const [, document = ''] = page.split('## `--json`')

it('every member of the JSON document is documented', () => {
  const names = namesIn(buildDiagnosis())
  expect(names.size).toBeGreaterThan(40)
  expect([...names].filter((name) => !new RegExp(`\\b${name}\\b`).test(document))).toEqual([])
})

it('every check is documented', () => {
  expect(CHECK_NAMES.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})

function namesIn(value: unknown): Set<string> {
  if (Array.isArray(value)) return new Set(value.flatMap((part) => [...namesIn(part)]))
  if (typeof value !== 'object' || value === null) return new Set()
  return new Set(Object.entries(value).flatMap(([name, part]) => [name, ...namesIn(part)]))
}

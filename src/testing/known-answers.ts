import { readFileSync } from 'node:fs'

/**
 * known-answers.json: answers to statistical questions by exhaustive enumeration with exact fractions, checked against SciPy where it has
 * an equivalent; handed down with the design of comparison and gate, and copied as they are. Its members `about` and `conventions`
 * explain them.
 */
export function knownAnswers<Answer>(section: string): Answer[] {
  const all = JSON.parse(readFileSync(new URL('./known-answers.json', import.meta.url), 'utf8')) as Record<string, unknown>
  const found = all[section]
  if (found === undefined) throw new Error(`known-answers.json has no section ${section}`)
  return (Array.isArray(found) ? found : [found]) as Answer[]
}

import { visible } from '../escape.js'
import { type CiCase, type CiReport, titleOf } from './view.js'

/**
 * JUnit XML by the schema of Jenkins' xUnit plugin, which GitLab, Azure and the reporters of GitHub Actions read too. The first suite of a report has
 * its verdict, the others are its labels. What is undecided is skipped, which they show and do not count as a failure; that the whole is
 * inconclusive is an error, since no data is never a pass, unless that was let pass. No times: none of these is a test that took some.
 */
export function renderJunit(reports: readonly CiReport[]): string {
  const suites = reports.flatMap(suitesOf)
  const total = countsOf(suites.flatMap(({ cases }) => cases))
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: 'feedbench', tests: total.tests, failures: total.failures, errors: total.errors })}>`,
    ...suites.flatMap(suiteLines),
    '</testsuites>',
    '',
  ].join('\n')
}

interface Suite {
  name: string
  startedAt: string | null
  properties: CiReport['properties']
  cases: (CiCase & { classname: string })[]
  shown: string[]
}

const OVERALL = { pass: 'pass', fail: 'fail', inconclusive: 'error' } as const

function suitesOf(report: CiReport): Suite[] {
  const title = titleOf(report)
  const { startedAt, outcome, isLetPass, why, properties } = report
  const overall: CiCase['outcome'] = isLetPass ? 'undecided' : OVERALL[outcome]
  const verdict = { name: 'verdict', classname: title, outcome: overall, message: why, sides: null }
  return [
    { name: title, startedAt, properties, cases: [verdict], shown: [] },
    ...report.suites.map(({ name, cases, shown }) => {
      const suite = `${title}: ${name}`
      return { name: suite, startedAt, properties: [], cases: cases.map((one) => ({ ...one, classname: suite })), shown }
    }),
  ]
}

function suiteLines({ name, startedAt, properties, cases, shown }: Suite): string[] {
  const { tests, failures, errors, skipped } = countsOf(cases)
  const timestamp = startedAt === null ? {} : { timestamp: startedAt.replace(/(\.\d+)?Z$/, '') }
  const properly = properties.map((property) => `      <property ${attributes({ name: property.name, value: property.value })}/>`)
  return [
    `  <testsuite ${attributes({ name, tests, failures, errors, skipped, ...timestamp })}>`,
    ...(properly.length === 0 ? [] : ['    <properties>', ...properly, '    </properties>']),
    ...cases.flatMap(caseLines),
    ...(shown.length === 0 ? [] : [`    <system-out>${shown.map(escaped).join('\n')}</system-out>`]),
    '  </testsuite>',
  ]
}

const ELEMENTS = { fail: 'failure', error: 'error', undecided: 'skipped' } as const

function caseLines({ name, classname, outcome, message }: Suite['cases'][number]): string[] {
  const open = `    <testcase ${attributes({ name, classname })}>`
  if (outcome === 'pass') return [`${open}<system-out>${escaped(message)}</system-out></testcase>`]
  const type = outcome === 'undecided' ? {} : { type: outcome === 'fail' ? 'fail' : 'inconclusive' }
  return [`${open}<${ELEMENTS[outcome]} ${attributes({ message, ...type })}/></testcase>`]
}

function countsOf(cases: readonly CiCase[]): Record<'tests' | 'failures' | 'errors' | 'skipped', number> {
  const count = (outcome: CiCase['outcome']): number => cases.filter((one) => one.outcome === outcome).length
  return { tests: cases.length, failures: count('fail'), errors: count('error'), skipped: count('undecided') }
}

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(String(value))}"`)
    .join(' ')
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** XML cannot hold most controls at all, not even as entities: these are spelled out. */
function escaped(text: string): string {
  return visible(text).replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '')
}

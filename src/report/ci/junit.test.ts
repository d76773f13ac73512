import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildReason, buildResult, buildVerdict } from '../../testing/builders.js'
import { buildComparison, buildGate, REGRESSED } from '../../testing/gates.js'
import { parseXml, type XmlElement } from '../../testing/xml.js'
import { renderJunit } from './junit.js'
import { ciOfComparison } from './of-comparison.js'
import { ciOfGate } from './of-gate.js'
import { ciOfRun } from './of-run.js'

const failed = buildGate({
  alter: ({ label, metric }) =>
    label !== 'sse'
      ? {}
      : metric === 'latencyUs.p50'
        ? REGRESSED
        : metric === 'latencyUs.p90'
          ? { outcome: 'inconclusive', ratio: 1.06, settledBy: 'about 14 more rounds' }
          : {},
  verdict: { status: 'fail', exitCode: 1, why: 'latency p50 of sse is worse by 12 %' },
})
const thresholds = ['websocket.latencyUs.p99 < 1ms', '*.messages.missing == 0']
const run = buildResult({ labels: ['sse', 'websocket'], thresholds })

test('of a gate is a suite a label and a case a metric', async () => {
  await expect(renderJunit([ciOfGate(failed)])).toMatchFileSnapshot('../goldens/gate.junit.xml.golden')
})

test('of a run is a case a threshold that selects the label, and one for its verdict', async () => {
  await expect(renderJunit([ciOfRun(run)])).toMatchFileSnapshot('../goldens/run.junit.xml.golden')
})

/** The common schema, as far as it goes here: attributes (those with ! must be there) and children of each element. */
const SCHEMA: Record<string, { attributes: string[]; children: string[] }> = {
  testsuites: { attributes: ['name', 'time', 'tests', 'failures', 'errors'], children: ['testsuite'] },
  testsuite: {
    attributes: ['name!', 'tests!', 'failures!', 'errors!', 'skipped', 'time', 'timestamp', 'hostname', 'id', 'package'],
    children: ['properties', 'testcase', 'system-out', 'system-err'],
  },
  properties: { attributes: [], children: ['property'] },
  property: { attributes: ['name!', 'value!'], children: [] },
  testcase: { attributes: ['name!', 'classname', 'time'], children: ['skipped', 'error', 'failure', 'system-out', 'system-err'] },
  skipped: { attributes: ['message', 'type'], children: [] },
  error: { attributes: ['message', 'type'], children: [] },
  failure: { attributes: ['message', 'type'], children: [] },
  'system-out': { attributes: [], children: [] },
}

/** What breaks the schema. */
function breaches({ name, attributes, children }: XmlElement): string[] {
  const rule = SCHEMA[name]
  if (rule === undefined) return [`unknown element ${name}`]
  const known = rule.attributes.map((attribute) => attribute.replace('!', ''))
  const needed = rule.attributes.filter((attribute) => attribute.endsWith('!')).map((attribute) => attribute.slice(0, -1))
  return [
    ...Object.keys(attributes).flatMap((attribute) => (known.includes(attribute) ? [] : [`${name}@${attribute}`])),
    ...needed.flatMap((attribute) => (Object.hasOwn(attributes, attribute) ? [] : [`no ${name}@${attribute}`])),
    ...children.flatMap((child) => (rule.children.includes(child.name) ? [] : [`${child.name} in ${name}`])),
    ...children.flatMap(breaches),
  ]
}

function suitesOf(document: XmlElement): { suite: XmlElement; count: (kind: string) => number }[] {
  return document.children.map((suite) => ({
    suite,
    count: (kind) => suite.children.filter(({ children }) => children.some((child) => child.name === kind)).length,
  }))
}

describe('is valid', () => {
  const reports = [ciOfGate(failed), ciOfRun(run), ciOfComparison(buildComparison())]

  test('by the common schema, and its counts are those of its cases', () => {
    const document = parseXml(renderJunit(reports))
    expect(breaches(document)).toEqual([])
    const suites = suitesOf(document)
    expect(suites).toHaveLength(3 + 2 + 2 + 1)
    for (const { suite, count } of suites) {
      const { tests, failures, errors, skipped } = suite.attributes
      expect({ tests, failures, errors, skipped }).toEqual({
        tests: String(suite.children.filter(({ name }) => name === 'testcase').length),
        failures: String(count('failure')),
        errors: String(count('error')),
        skipped: String(count('skipped')),
      })
      expect(suite.attributes.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
    }
    for (const kind of ['tests', 'failures', 'errors'])
      expect(document.attributes[kind]).toBe(String(suites.reduce((sum, { suite }) => sum + Number(suite.attributes[kind]), 0)))
  })

  test('whatever a file brings', () => {
    const hostile = fc.oneof(
      fc.constantFrom(']]>', '<!--', '"/><failure/>', '&amp;', '\u0000', '\ud800', '\uffff', '\u001b[31m'),
      fc.string({ unit: 'binary', maxLength: 20 }),
    )
    fc.assert(
      fc.property(hostile, (text) => {
        const gate = buildGate({
          labels: [`a${text}`],
          rounds: 1,
          name: text,
          verdict: { why: text },
          alter: () => ({ settledBy: text }),
        })
        const document = parseXml(renderJunit([ciOfGate({ ...gate, environment: { [text]: text } })]))
        expect(breaches(document)).toEqual([])
        expect(document.children).toHaveLength(2)
      }),
    )
  })
})

describe('what it says', () => {
  const kinds = (document: XmlElement): string[] =>
    document.children.flatMap(({ children }) => children.flatMap((one) => one.children.map(({ name }) => name)))

  test('never passes where the gate is inconclusive or invalid', () => {
    for (const status of ['inconclusive', 'invalid'] as const) {
      // A file may say anything: the verdict counts, and not what it claims to end with.
      const gate = buildGate({ verdict: { status, exitCode: 0, why: 'too noisy' }, alter: () => REGRESSED })
      const document = parseXml(renderJunit([ciOfGate(gate)]))
      expect(document.attributes).toMatchObject({ errors: '1', failures: '0' })
      const metrics = document.children.slice(1).flatMap(({ children }) => children.slice(0, 4))
      expect(metrics.map(({ children }) => children[0]?.name)).toEqual(Array(8).fill('skipped'))
    }
  })

  test('passes every metric that a passing gate found not to be worse', () => {
    const gate = buildGate({ alter: () => ({ outcome: 'inconclusive', ratio: 0.94 }) })
    const found = kinds(parseXml(renderJunit([ciOfGate(gate)]))).filter((kind) => kind !== 'property')
    expect(new Set(found)).toEqual(new Set(['system-out']))
  })

  test('fails for a loss that the baseline did not have', () => {
    const ledgers = [{ label: 'sse', kind: 'missing' as const, baseline: 0, candidate: 3, status: 'fail' as const }]
    const gate = buildGate({ labels: ['sse'], verdict: { status: 'fail', exitCode: 1, why: 'lost 3', ledgers } })
    const failures = parseXml(renderJunit([ciOfGate(gate)])).children[1]?.children.filter(
      ({ children }) => children[0]?.name === 'failure',
    )
    expect(failures?.map(({ attributes }) => attributes.name)).toEqual(['missing messages'])
  })

  test('has an invalid trial as an error, and what it cannot decide as skipped', () => {
    const invalid = buildResult({
      labels: ['sse'],
      thresholds: ['sse.latencyUs.p99 < 1s'],
      alter: () => ({ verdict: buildVerdict(buildReason()) }),
    })
    const document = parseXml(renderJunit([ciOfRun(invalid)]))
    expect(document.attributes).toMatchObject({ tests: '3', errors: '2', failures: '0' })
    expect(kinds(document).filter((kind) => kind !== 'property')).toEqual(['error', 'error', 'skipped'])
  })

  test('has a run that never began as an error', () => {
    const document = parseXml(renderJunit([ciOfRun(buildResult({ labels: ['sse'], finished: 0 }))]))
    expect(Number(document.attributes.errors)).toBeGreaterThan(0)
    expect(breaches(document)).toEqual([])
  })
})

import { isMet, parseExpectation } from '../../dist/analysis/expectation.js'

/** What was measured of a source, apart from what was expected: expectations may change, and need no new measurement. */
export function measurementOf({ name, result, trials, figures, tables }) {
  return {
    name,
    figures,
    tables,
    trials: verdicts(trials),
    machine: describeMachine(result.environment),
    measuredOn: trials[0].startedAt.slice(0, 10),
  }
}

/** Each figure beside what was published and what must come out. */
export function judged(measurement, published) {
  const { name, figures } = measurement
  const unused = Object.keys(figures).filter(
    (figure) => !published.figures.some(({ expect }) => parseExpectation(expect).figure === figure),
  )
  if (unused.length > 0) throw new Error(`${name}: nothing is expected of ${unused.join(', ')}`)
  return { ...measurement, published, rows: published.figures.map((figure) => row(name, figure, figures)) }
}

function row(name, { what, published, expect }, figures) {
  const expectation = parseExpectation(expect)
  const { figure, kind } = expectation
  if (!Object.hasOwn(figures, figure)) throw new Error(`${name}: ${figure} is expected and not computed`)
  const measured = figures[figure]
  return { what, published, expect, kind, measured, isMet: isMet(expectation, measured) }
}

function verdicts(trials) {
  const of = (status) => trials.filter(({ verdict }) => verdict.status === status)
  const codes = [
    ...new Set(
      of('invalid').flatMap(({ verdict }) =>
        verdict.reasons.filter(({ severity }) => severity === 'invalid').map(({ code }) => code),
      ),
    ),
  ]
  return { valid: of('valid').length, degraded: of('degraded').length, invalid: of('invalid').length, codes }
}

function describeMachine({ cpu, node, placement }) {
  return `${cpu.cores} x ${cpu.model}, Node ${node.version.replace('v', '')}, ${placement.mode}`
}

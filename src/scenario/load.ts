/** What the runner and the commands need of scenarios: text -> LoadedScenario -> Plan. */
export type { Overrides } from './overrides.js'
export { makePlan, type Place, traceContents } from './plan.js'
export { type LoadedScenario, loadScenario, readScenario } from './read.js'
export { needsNetem } from './tier.js'

import { RESULT_SCHEMA_VERSION } from '../model/result.js'
import { EMPTY_DISTRIBUTION } from '../model/trial.js'

/**
 * Results and plans of version 1 in the form of this version. In its time version 1 gained keys without another number, so whatever is missing is filled in, from the
 * first result on that there was. What was not measured is `null` with the reason, as anywhere. Only fills in and renames: whether it is a result is for the schema to say.
 *
 * A key that is new within a version has a `.default()` in its schema, and needs nothing here.
 */
const NOT_MEASURED = 'not measured by the version that wrote this'

type Fields = Record<string, unknown>

/** By path in a trial: what stands for what is missing, and why, where it is a figure. */
const TRIAL_KEYS: readonly [path: string, value: unknown, why: string | null][] = [
  ['slowReaders', null, 'all clients read as fast as they can'],
  ['network', null, 'clients and server were connected directly'],
  ['predicted', { figures: [], notCovered: NOT_MEASURED }, null],
  ['bytes.headers', null, NOT_MEASURED],
  ['bytes.framing', null, NOT_MEASURED],
  ['server.disconnected', null, NOT_MEASURED],
  ['driver.transitLessLagUs', EMPTY_DISTRIBUTION, NOT_MEASURED],
  ['driver.heartbeatLatenessUs', EMPTY_DISTRIBUTION, NOT_MEASURED],
]
const DRIVER_KEYS: readonly [key: string, value: unknown][] = [
  ['transitLessLagUs', EMPTY_DISTRIBUTION],
  ['heartbeatLatenessUs', EMPTY_DISTRIBUTION],
]
/** Of a driver: replaced by a distribution whose other figures nobody knows any more. */
const DROPPED = 'heartbeatLatenessUsP99'

/** The version that a file says it has, where it can be read; `null` where it is for the reader to refuse. */
export function isOlder(version: unknown): boolean {
  return version === 1 && version < RESULT_SCHEMA_VERSION
}

export function migrateResult(value: Fields): Fields {
  const { plan, trials } = value
  return {
    ...value,
    schemaVersion: RESULT_SCHEMA_VERSION,
    ...(isFields(plan) ? { plan: migratePlan(plan) } : {}),
    ...(Array.isArray(trials) ? { trials: trials.map(migrateTrial) } : {}),
  }
}

/** Of `plan.json` too, which has more beside it. */
export function migratePlan(plan: Fields): Fields {
  const { trials } = plan
  const migrated = Array.isArray(trials)
    ? { trials: trials.map((trial) => (isFields(trial) ? { slowReaders: null, network: null, ...trial } : trial)) }
    : {}
  return { ...plan, planVersion: RESULT_SCHEMA_VERSION, ...migrated }
}

/** A line of a journal, or a trial of a result. */
export function migrateTrial(trial: unknown): unknown {
  if (!isFields(trial)) return trial
  const migrated: Fields = { ...trial }
  const reasons: Fields = isFields(trial.notMeasured) ? { ...trial.notMeasured } : {}
  for (const [path, value, why] of TRIAL_KEYS) {
    const [group, key] = path.split('.') as [string, string?]
    if (key === undefined) {
      if (Object.hasOwn(migrated, group)) continue
      migrated[group] = value
    } else {
      const part = migrated[group]
      if (!isFields(part) || Object.hasOwn(part, key)) continue
      migrated[group] = { ...part, [key]: value }
    }
    if (why !== null) reasons[path] ??= why
  }
  if (isFields(migrated.driver)) migrated.driver = migrateDriver(migrated.driver)
  if (Array.isArray(trial.drivers))
    migrated.drivers = trial.drivers.map((driver) => (isFields(driver) ? migrateDriver(driver) : driver))
  return { ...migrated, ...(trial.notMeasured === undefined || isFields(trial.notMeasured) ? { notMeasured: reasons } : {}) }
}

function migrateDriver({ [DROPPED]: _, ...driver }: Fields): Fields {
  return { ...Object.fromEntries(DRIVER_KEYS), ...driver }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

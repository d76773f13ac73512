import type { Codec } from '../feed/codec.js'
import { loadCodec } from '../feed/codecs.js'
import { createTopics, type Topics } from '../feed/source.js'
import { systemClock } from '../measure/clock.js'
import { HeapTimers } from '../measure/timers.js'
import { FeedbenchError } from '../model/errors.js'
import type { PlannedTrial, TraceContent } from '../model/plan.js'
import type { PlannedTarget } from '../model/target.js'
import type { TargetFinding, TargetReport } from '../model/target-check.js'
import { expandPublish } from '../runner/environment-values.js'
import type { Fleet } from '../runner/fleet.js'
import { placeTrial } from '../runner/placement.js'
import { startTarget } from '../runner/target.js'
import { type LoadedScenario, makePlan, traceContents } from '../scenario/load.js'
import { loadTransport } from '../transports/registry.js'
import { Arrivals } from './arrivals.js'
import { messageFindings, row } from './findings.js'
import { pollFindings } from './polls.js'
import { Posts, until } from './posts.js'
import { Subscription } from './subscription.js'

/** Enough to see an order, few enough for half a minute. */
const MESSAGES = 10
const MISSED = 3
const CONNECT_MS = 5_000
const ARRIVE_MS = 3_000
const LIFETIME_MS = 300_000

type Row = Omit<TargetFinding, 'label'>

/**
 * Starts the server of a scenario, is its publisher and a client of each of its transports, and says what of the contract it meets.
 * @throws FeedbenchError where the scenario has no target, or the server does not start
 */
export async function checkTarget(
  scenario: LoadedScenario,
  { fleet, onFinding = () => {} }: { fleet: Fleet; onFinding?: (finding: TargetFinding) => void },
): Promise<TargetReport> {
  const plan = makePlan({ ...scenario, rounds: 1 }, await fleet.describe(), placeTrial, { seed: 1 })
  const trials = scenario.labels.flatMap((label) => plan.trials.find((trial) => trial.label === label) ?? [])
  const [first] = trials
  if (first === undefined || first.target === null) throw withoutTarget(scenario.file)
  const target = await startTarget(first.target, { fleet, cores: null, lifetimeMs: LIFETIME_MS, logFile: null })
  const findings: TargetFinding[] = []
  const note = (label: string | null, rows: readonly Row[]) => {
    for (const found of rows) {
      findings.push({ label, ...found })
      onFinding({ label, ...found })
    }
  }
  try {
    note(null, [row('ready', 'met', `at http://${target.address.host}:${target.address.port}`)])
    const around = await surroundings(first, first.target, target.address, traceOf(first, scenario))
    try {
      for (const trial of trials) note(trial.label, await transportFindings(trial, around))
      note(null, publishFindings(around.posts))
    } finally {
      await around.posts?.close()
    }
  } finally {
    await target.stop()
  }
  const isMet = findings.every(({ status }) => status !== 'missing')
  return { scenario: scenario.name, address: target.address, findings, isMet }
}

interface Around {
  address: { host: string; port: number }
  codec: Codec
  topics: Topics
  /** `null` where the server publishes by itself. */
  posts: Posts | null
}

async function surroundings(
  planned: PlannedTrial,
  target: PlannedTarget,
  address: Around['address'],
  trace: TraceContent | null,
): Promise<Around> {
  const codec = await loadCodec(planned.codec)
  const posts = target.publish === null ? null : new Posts(planned, expandPublish(target.publish), { address, codec, trace })
  return { address, codec, topics: createTopics(planned.feed, trace), posts }
}

async function transportFindings(planned: PlannedTrial, { address, codec, topics, posts }: Around): Promise<Row[]> {
  const descriptor = await loadTransport(planned.module)
  const { open } = await descriptor.client()
  const client = new Subscription({ planned, open, address, clock: systemClock, timers: new HeapTimers() })
  try {
    client.open(null)
    await until(() => client.isSubscribed || client.errors.length > 0, CONNECT_MS)
    if (!client.isSubscribed)
      return [row('connects', 'missing', client.errors.at(-1) ?? 'no answer', 'see target.paths for where and how')]
    const patienceMs = ARRIVE_MS + pauseMs(planned)
    const published = posts === null ? null : await posts.publish(MESSAGES)
    const arrivals = new Arrivals(client, codec, topics)
    await until(() => arrivals.hasAll(published, MESSAGES), patienceMs)
    const { receivedBytes, errors } = client
    const seen = { received: [...client.received], published, topics, receivedBytes, errors }
    const rows = [row('connects', 'met', 'subscribed'), ...messageFindings(seen, codec)]
    const { pull } = descriptor.capabilities
    const hasSeqs = rows.some(({ check, status }) => check === 'seq' && status === 'met')
    if (hasSeqs && !pull) rows.push(await resumeFinding(client, arrivals, posts, patienceMs))
    await client.close()
    if (pull) rows.push(...(await pollFindings(planned, address, { isQuiet: posts !== null })))
    return rows
  } finally {
    await client.close()
  }
}

/** A client is away while messages come, and comes back as a simulated client does. */
async function resumeFinding(client: Subscription, arrivals: Arrivals, posts: Posts | null, patienceMs: number): Promise<Row> {
  await client.close()
  const had = arrivals.positions()
  const last = Math.max(...had)
  if (posts === null) await until(() => false, patienceMs / 4)
  const missed = posts === null ? null : await posts.publish(MISSED)
  client.open(last)
  await until(() => arrivals.hasAll(missed, had.length + 1), patienceMs)
  const after = arrivals.positions().slice(had.length)
  const hint = 'a client that is cut off misses messages: SSE resumes by id and Last-Event-ID, others by a cursor of target.paths'
  if (after.some((position) => position <= last))
    return row('resume', 'note', 'it got messages again that it had', 'they count as duplicates')
  const resumed = missed === null ? after[0] === last + 1 : missed.every((position) => after.includes(position))
  if (resumed) return row('resume', 'met', missed === null ? 'no gap' : `all ${missed.length} that came meanwhile`)
  return row(
    'resume',
    'note',
    missed === null
      ? 'it missed what came meanwhile'
      : `${missed.filter((position) => after.includes(position)).length} of ${missed.length} that came meanwhile`,
    hint,
  )
}

function publishFindings(posts: Posts | null): Row[] {
  if (posts === null)
    return [row('publish', 'note', 'it publishes by itself', 'the ledger is then what was seen; with target.publish it is whole')]
  const { accepted, failed, lastError } = posts
  if (failed === 0) return [row('publish', 'met', `all ${accepted.length} accepted`)]
  return [
    row(
      'publish',
      'missing',
      `${failed} of ${accepted.length + failed} were not accepted: ${lastError}`,
      'see target.publish: path, method, headers',
    ),
  ]
}

/** A client that polls has to wait for its turn. */
function pauseMs({ options }: PlannedTrial): number {
  return typeof options.intervalUs === 'number' ? options.intervalUs / 1e3 : 0
}

function traceOf({ feed }: PlannedTrial, scenario: LoadedScenario): TraceContent | null {
  return feed.trace === null ? null : (traceContents(scenario).get(feed.trace.sha256) ?? null)
}

function withoutTarget(file: string): FeedbenchError {
  return new FeedbenchError({
    code: 'E_MISSING_KEY',
    where: file,
    message: 'expected the key target, got nothing',
    hint: 'target: { command: [node, server.js], publish: /publish } names a server of your own; docs/targets.md',
  })
}

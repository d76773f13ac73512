import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ALL_TRANSPORTS, feedbench, ROOT, readResult, temporaryFolder, writeScenario } from './command.js'

/** Recorded messages, replayed over every transport: all arrive, and those of the window are those that the trace says. */

const CLIENTS = 20
const folder = await temporaryFolder()

interface Replay {
  speed?: number
  loop?: 'on'
  measureMs?: number
  transports?: readonly unknown[]
}

const WARMUP_MS = 200

async function expectReplayed(
  name: string,
  file: string,
  { speed = 1, loop, measureMs = 500, transports = ALL_TRANSPORTS }: Replay = {},
): Promise<void> {
  const out = join(folder, name)
  const scenario = writeScenario(folder, name, {
    feed: { trace: file, speed, ...(loop === undefined ? {} : { loop }) },
    clients: CLIENTS,
    transports,
    phases: { warmup: `${WARMUP_MS}ms`, measure: `${measureMs}ms`, drain: '5s' },
  })
  const { stderr } = await feedbench(['run', scenario, '--out', out])
  expect(stderr).toBe('')
  const { trials } = readResult(out)
  expect(trials).toHaveLength(transports.length)
  const scheduled = loop === undefined ? dueInWindow(file, speed, measureMs) : trials[0]?.messages.scheduled
  for (const { label, messages, load, verdict } of trials) {
    expect(messages, label).toEqual({
      ...{ scheduled, published: scheduled, expected: (scheduled ?? 0) * CLIENTS, delivered: (scheduled ?? 0) * CLIENTS },
      ...{ missing: 0, superseded: 0, duplicates: 0, reordered: 0 },
    })
    expect(messages.scheduled).toBeGreaterThan(0)
    expect(load.payloadBytes).toBeNull()
    const codes = verdict.reasons.map(({ code }) => code)
    for (const code of ['LEDGER_MISMATCH', 'REQUESTS_FAILED', 'EVICTED']) expect(codes).not.toContain(code)
  }
}

function dueInWindow(file: string, speed: number, measureMs: number): number {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const offsetsUs = lines.map((line) => Math.floor(((JSON.parse(line) as { at_ms: number }).at_ms * 1e3) / speed))
  return offsetsUs.filter((us) => us >= WARMUP_MS * 1e3 && us < (WARMUP_MS + measureMs) * 1e3).length
}

function writeTrace(name: string, lines: readonly object[]): string {
  const file = join(folder, `${name}.ndjson`)
  writeFileSync(file, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)
  return file
}

test('a trace of one topic is replayed', async () => {
  const lines = Array.from({ length: 40 }, (_, index) => ({ at_ms: index * 20, data: { price: index, text: 'é'.repeat(index) } }))
  await expectReplayed('single', writeTrace('single', lines))
})

test('a trace of several topics, some at the same moment, is replayed', async () => {
  const topics = ['XBT/USD', 'ETH/USD', 'Straße/€', 'never again']
  // Seven at a time: a poll, a chunk or a frame then has several topics in it. The last topic has one message only.
  const lines = Array.from({ length: 105 }, (_, index) => ({
    at_ms: Math.floor(index / 7) * 60,
    topic: topics[index === 50 ? 3 : index % 3],
    data: { braces: '}{', quotes: '"\\"', index },
  }))
  await expectReplayed('several', writeTrace('several', lines))
})

test('a trace of several topics that is over begins again', async () => {
  const lines = Array.from({ length: 9 }, (_, index) => ({ at_ms: index * 11, topic: index % 4 === 0 ? 'a' : 'b', data: index }))
  await expectReplayed('loop', writeTrace('loop', lines), { loop: 'on', measureMs: 600, transports: ['long-polling', 'sse'] })
})

const recorded = join(ROOT, '..', 'shared', 'traces', 'kraken-xbtusd-2019-07-01.ndjson')

test.skipIf(!existsSync(recorded))(
  'an hour of trades is replayed 300 times as fast (skipped where ../shared/traces is not there)',
  async () => {
    await expectReplayed('recorded', recorded, { speed: 300, measureMs: 1_000, transports: ['long-polling', 'websocket'] })
  },
)

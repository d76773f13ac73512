import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Trial } from '../src/model/trial.js'
import { type Ended, feedbench, readResult, temporaryFolder, writeScenario } from './command.js'

/** Servers that refuse their clients, or accept them and never answer: the run goes on to its end, and the verdict says what happened. */

const folder = await temporaryFolder()
const REFUSING = fileURLToPath(new URL('fixtures/refusing-transport.mjs', import.meta.url))
const CLIENTS = 5

interface Refusal {
  over: string
  how: string
  serves: number
}

async function run(name: string, transport: unknown, env: Record<string, string> = {}): Promise<Ended & { trial: Trial }> {
  const scenario = writeScenario(folder, name, {
    clients: CLIENTS,
    transports: [transport],
    connect: { timeout: '2s' },
    phases: { warmup: '100ms', measure: '500ms', drain: '300ms' },
  })
  const out = join(folder, `${name}.out`)
  const ended = await feedbench(['run', scenario, '--out', out], { env })
  const [trial] = readResult(out).trials
  if (trial === undefined) throw new Error(`a run without a trial: ${ended.stderr}`)
  return { ...ended, trial }
}

function refused(refusal: Refusal): Promise<Ended & { trial: Trial }> {
  return run(Object.values(refusal).join('-'), { [REFUSING]: refusal })
}

function reasonOf({ verdict }: Trial, code: string): { message: string; lastError: unknown } | undefined {
  const found = verdict.reasons.find((reason) => reason.code === code)
  return found && { message: found.message, lastError: found.evidence.lastError }
}

const LAST_ERRORS: Record<string, RegExp> = {
  reset: /ECONNRESET|got the end of the connection/,
  close: /ECONNRESET|expected an answer, got the end of the connection/,
  '503': /503/,
}

const OVER = ['polling', 'long-polling', 'http-streaming', 'sse', 'websocket']
const HOW = ['reset', 'close', '503', 'silence']
const cases = OVER.flatMap((over) => HOW.map((how) => [over, how] as const))

describe.concurrent('a server that serves nobody', () => {
  test.each(cases)('(%s, %s) makes the trial invalid, and the run end with 3 and the reason', async (over, how) => {
    const { code, stdout, stderr, trial } = await refused({ over, how, serves: 0 })
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' })
    expect(trial.verdict.status).toBe('invalid')
    expect(trial.messages).toMatchObject({ delivered: 0, missing: trial.messages.expected })
    expect(trial.connections).toMatchObject({ opened: 0, failed: CLIENTS })
    expect(stdout).toContain('NO_DATA: nothing was delivered')
    const unserved = reasonOf(trial, 'CLIENTS_UNSERVED')
    const sentence = `${CLIENTS} of ${CLIENTS} clients were not subscribed when the window began`
    expect(unserved?.message).toBe(how === 'silence' ? `${sentence}: the server has not answered them` : sentence)
    expect(stdout).toContain(unserved?.message)
    if (how === 'silence') return expect(unserved?.lastError).toBeNull()
    expect(unserved?.lastError).toMatch(LAST_ERRORS[how] as RegExp)
    expect(reasonOf(trial, 'CONNECTIONS_LOST')?.message).toMatch(
      /^the server ended connections before they were subscribed; \d+ were opened again$/,
    )
  })
})

describe.concurrent('a server that serves 3 of 5', () => {
  // Each transport in two ways, and each way over two transports or three: how it is refused was all tried above.
  const some = cases.filter((_, index) => (index + Math.floor(index / HOW.length)) % 2 === 0)
  test.each(some)('(%s, %s) is measured with those, and what the others miss is missing', async (over, how) => {
    const { trial } = await refused({ over, how, serves: 3 })
    expect(trial.connections).toMatchObject({ opened: 3, failed: 2 })
    expect(trial.messages.missing).toBeGreaterThanOrEqual(2 * trial.messages.scheduled)
    expect(reasonOf(trial, 'CLIENTS_UNSERVED')?.message).toMatch(/^2 of 5 clients were not subscribed/)
    expect(trial.verdict.status).not.toBe('valid')
  })

  test('because it lets no more connections in, at any transport', async () => {
    const preload = new URL('fixtures/three-connections.mjs', import.meta.url).href
    const { trial } = await run('limit', 'websocket', { NODE_OPTIONS: `--import ${preload}` })
    expect(trial.connections).toMatchObject({ opened: 3, failed: 2 })
    expect(reasonOf(trial, 'CLIENTS_UNSERVED')?.lastError).toMatch(LAST_ERRORS.close as RegExp)
  })
})

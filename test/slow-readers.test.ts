import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Trial } from '../src/model/trial.js'
import { feedbench, readResult, temporaryFolder, writeScenario } from './command.js'

/** Two of eight clients read a tenth of what comes, of a feed that fills the kernel's buffers in a second or two. */

const CLIENTS = 8
const SLOW = 2
const PAYLOAD_BYTES = 100 << 10
/** What node keeps in a socket at most before it says that it is full. */
const HIGH_WATER_BYTES = 64 << 10

const folder = await temporaryFolder()

test('slow readers are kept apart, held back without memory, and missed by nobody else', async () => {
  const scenario = writeScenario(folder, 'slow', {
    clients: CLIENTS,
    feed: { rate: '40/s', arrival: 'periodic', payload: `${PAYLOAD_BYTES}B` },
    slowReaders: { share: '25%', rate: '400KiB/s' },
    phases: { warmup: '2s', measure: '1s', drain: '2s' },
    seed: 1,
  })
  const { stdout } = await feedbench(['run', scenario, '--out', join(folder, 'out')])
  const result = readResult(join(folder, 'out'))
  const { messages, latencyUs, driver, verdict, bytes, slowReaders } = result.trials[0] as Trial
  const slow = slowReaders as NonNullable<Trial['slowReaders']>

  expect(result.plan.trials[0]?.slowReaders).toMatchObject({ clients: SLOW, bytesPerSec: 400 << 10 })
  expect(slow).toMatchObject({ clients: SLOW, bytesPerSec: 400 << 10, disconnected: 0, reconnects: 0 })
  // The ledger is of all clients, latency of the others; together they are all deliveries.
  expect(slow.delivered + slow.missing).toBe(messages.scheduled * SLOW)
  expect(slow.missing).toBeGreaterThan(0)
  expect(latencyUs.count + slow.latencyUs.count + driver.negatives).toBe(messages.delivered)
  expect(latencyUs.count).toBeGreaterThan(slow.latencyUs.count)
  // Each of them reads less than each of the others does.
  expect(slow.receivedBytes / SLOW).toBeLessThan((bytes.received - slow.receivedBytes) / (CLIENTS - SLOW))
  // The server was held back, and kept no more for a connection than a message beyond the socket's own buffer.
  expect(slow.serverMaxBufferedBytesPerConnection).toBeGreaterThan(0)
  expect(slow.serverMaxBufferedBytesPerConnection).toBeLessThan(HIGH_WATER_BYTES + 2 * PAYLOAD_BYTES)
  expect(slow.serverMaxBufferedBytes).toBeLessThan(CLIENTS * (HIGH_WATER_BYTES + 2 * PAYLOAD_BYTES))
  expect(slow.serverMaxRssBytes).toBeGreaterThan(0)
  expect(verdict.reasons.map(({ code }) => code)).not.toContain('LEDGER_MISMATCH')
  expect(stdout).toContain('websocket, 2 slow readers at 410 kB/s')
})

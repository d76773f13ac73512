import type { SlowReadersReport } from '../model/trial.js'
import { buildDistribution } from './builders.js'

/** Four of 20 clients, of whose messages every second arrived. */
export function buildSlowReaders(parts: Partial<SlowReadersReport> = {}): SlowReadersReport {
  return {
    clients: 4,
    bytesPerSec: 20_480,
    latencyUs: buildDistribution(6_500_000),
    stalenessUs: buildDistribution(7_000_000),
    delivered: 200,
    missing: 200,
    superseded: 0,
    receivedBytes: 819_200,
    reconnects: 1,
    serverMaxBufferedBytes: 81_920,
    serverMaxBufferedBytesPerConnection: 20_512,
    serverMaxRssBytes: 122_000_000,
    disconnected: 1,
    ...parts,
  }
}

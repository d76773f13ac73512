import { capacityOf } from '../doctor/capacity.js'
import { checksOf } from '../doctor/checks.js'
import type { Diagnosis, Measured, TransportFigures } from '../model/diagnosis.js'
import { testFleet } from './scenarios.js'

/** What a diagnosis of an ordinary machine looks like, and any part of it replaced. */

export function buildTransportFigures({
  floor,
  cost,
  ...parts
}: {
  transport?: string
  floor?: Partial<TransportFigures['floor']>
  cost?: Partial<TransportFigures['cost']>
} = {}): TransportFigures {
  return {
    transport: 'websocket',
    floor: {
      clients: 2,
      ratePerSec: 250,
      pollIntervalUs: null,
      transitUs: { count: 750, p50: 190, p99: 260, max: 900 },
      verdict: 'valid',
      reasons: [],
      ...floor,
    },
    cost: {
      clients: 300,
      ratePerSec: 25,
      pollIntervalUs: null,
      serverCpuUsPerDelivery: 7,
      driverCpuUsPerDelivery: 14,
      serverRssBytesPerClient: 12_000,
      verdict: 'valid',
      reasons: [],
      ...cost,
    },
    ...parts,
  }
}

const NO_NETEM = { isUsable: false as const, why: 'there is no tc here (iproute2)' }

export function buildMeasured(parts: Partial<Measured> = {}): Measured {
  return {
    fleet: {
      ...testFleet,
      cores: [0, 1],
      descriptorsPerProcess: 20_000,
      memoryFreeBytes: 64e9,
      addresses: ['127.0.0.1'],
      netem: NO_NETEM,
    },
    cpuPlacement: { mode: 'pinned', reason: null },
    clock: { resolutionUs: 1, readUs: 0.07 },
    timers: {
      loopUs: { count: 450, p50: 650, p99: 3_100, max: 5_000 },
      waitingThreadUs: { count: 450, p50: 130, p99: 480, max: 900 },
    },
    others: { cpuOthersShare: 0.02, stealShare: 0 },
    httpCeiling: { requestsPerSec: 41_200, connections: 50, failed: 0, serverUtilization: 0.98 },
    transports: [
      buildTransportFigures({
        transport: 'polling',
        floor: { pollIntervalUs: 2_000 },
        cost: { pollIntervalUs: 40_000, serverCpuUsPerDelivery: 30, driverCpuUsPerDelivery: 62.1 },
      }),
      buildTransportFigures(),
    ],
    ...parts,
  }
}

/** Checks and capacity follow from what was measured, as they do in the command. */
export function buildDiagnosis(parts: Partial<Measured> = {}): Diagnosis {
  const measured = buildMeasured(parts)
  const checks = checksOf(measured)
  return {
    feedbench: { version: '0.0.0' },
    canMeasure: checks.every(({ status }) => status !== 'problem'),
    tookUs: 51.2e6,
    basis: { ratePerSec: 1, payloadBytes: 200, utilization: 0.7 },
    checks,
    measured,
    capacity: measured.transports.map((figures) => capacityOf(figures, measured.fleet)),
  }
}

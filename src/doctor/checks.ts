import { LIMITS, ms, percent } from '../analysis/evidence.js'
import type { Check, CheckName, Limit, Measured, Quantiles, TransportFigures } from '../model/diagnosis.js'
import { refusalLimits } from './capacity.js'

/** Fewer clients than this, and most of the scenarios that come along are refused. */
const FEW_CLIENTS = 1_000
/** Steps of the clock above this are seen in latencies; above the second no latency over loopback means anything. */
const COARSE_CLOCK_US = { warn: 10, problem: 1e3 }
/** Later than this, and a driver counts as frozen for the rest. */
const LATE_TIMER_US = 10e3

type Finding = Pick<Check, 'status' | 'why' | 'hint'>

const OK: Finding = { status: 'ok', why: [], hint: null }

/** Whether what was found lets this machine measure; `problem` where nothing that it measures would be valid. Pure. */
export function checksOf(measured: Measured): Check[] {
  const { cpuPlacement, others, timers, transports } = measured
  const limits = refusalLimits(measured.fleet)
  const checks: [CheckName, Finding][] = [
    ['descriptors', enough(limits, 'descriptors', 'raise the limit: ulimit -n 20000, as root or in limits.conf')],
    ['ports', enough(limits, 'ports', 'widen net.ipv4.ip_local_port_range')],
    ['memory', enough(limits, 'memory', 'end other programs')],
    [
      'cores',
      cpuPlacement.mode === 'pinned'
        ? OK
        : warn(`${cpuPlacement.reason}; latencies then include what server and drivers take from each other`, remedy(measured)),
    ],
    ['cpu-others', share(others.cpuOthersShare, LIMITS.cpuOthers, 'other programs took the processor', 'end other programs')],
    [
      'steal',
      share(others.stealShare, LIMITS.steal, 'the hypervisor took the processor away', 'use a machine with cores of its own'),
    ],
    ['clock', clock(measured.clock.resolutionUs)],
    ['loop-timer', late(timers.loopUs, LATE_TIMER_US, 'processes here do not run for so long')],
    ['waiting-thread', late(timers.waitingThreadUs, LIMITS.publishDelay.us, 'messages will be published late')],
    ['http-ceiling', ceiling(measured)],
    // A relay is on every machine, and links are nothing that a measurement needs.
    ['links', OK],
    ['trials', trials(transports)],
  ]
  return checks.map(([name, finding]) => ({ name, ...finding }))
}

function enough(limits: readonly Limit[], name: Limit['name'], hint: string): Finding {
  const most = limits.find((limit) => limit.name === name)?.most ?? Number.POSITIVE_INFINITY
  if (most < 1) return { status: 'problem', why: ['not enough for a single client'], hint }
  return most < FEW_CLIENTS ? warn(`enough for ${most} clients only`, hint) : OK
}

function remedy({ fleet }: Measured): string | null {
  return fleet.cores.length < 2 ? 'allow it two cores or more' : 'install taskset (util-linux)'
}

function share(value: number | null, limit: number, what: string, hint: string): Finding {
  return (value ?? 0) > limit ? warn(`${what}; over ${percent(limit)} a trial is degraded`, hint) : OK
}

function clock(resolutionUs: number): Finding {
  const hint = 'see which clock source the system uses; tsc or kvm-clock is fine'
  if (resolutionUs > COARSE_CLOCK_US.problem)
    return { status: 'problem', why: ['latencies over loopback are shorter than its steps'], hint }
  return resolutionUs > COARSE_CLOCK_US.warn ? warn('short latencies come out in its steps', hint) : OK
}

function late({ p99 }: Quantiles, limitUs: number, what: string): Finding {
  return (p99 ?? 0) > limitUs
    ? warn(`${what} (over ${ms(limitUs)})`, 'end other programs, or use a machine that is less busy')
    : OK
}

function ceiling({ httpCeiling }: Measured): Finding {
  if (httpCeiling === null || httpCeiling.failed === 0) return OK
  return warn(`${httpCeiling.failed} requests failed`, 'something here disturbs connections over loopback, such as a firewall')
}

/** A transport of which no trial is valid at its lightest cannot be measured here, at the moment at least. */
function trials(transports: readonly TransportFigures[]): Finding {
  const hint = 'end other programs and try again; docs/verdicts.md explains each reason'
  const impossible = transports.filter(({ floor, cost }) => floor.verdict === 'invalid' && cost.verdict === 'invalid')
  if (impossible.length > 0) return { status: 'problem', why: impossible.map(doubts), hint }
  const doubtful = transports.filter(({ floor, cost }) => floor.verdict !== 'valid' || cost.verdict !== 'valid')
  return doubtful.length === 0 ? OK : warn(doubtful.map(doubts), hint)
}

/** `sse: floor invalid (DRIVER_LAG), cost degraded (CPU_OTHERS)` */
function doubts({ transport, floor, cost }: TransportFigures): string {
  const parts = Object.entries({ floor, cost }).filter(([, { verdict }]) => verdict !== 'valid')
  const words = parts.map(([name, { verdict, reasons }]) => `${name} ${verdict} (${reasons.map(({ code }) => code).join(', ')})`)
  return `${transport}: ${words.join(', ')}`
}

function warn(why: string | string[], hint: string | null): Finding {
  return { status: 'warn', why: [why].flat(), hint }
}

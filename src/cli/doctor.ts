import { examine, expectedUs } from '../doctor/examine.js'
import { systemClock } from '../measure/clock.js'
import { FeedbenchError } from '../model/errors.js'
import { parseDurationUs } from '../model/units.js'
import { renderDoctor } from '../report/doctor.js'
import { feedbenchVersion } from '../results/environment.js'
import { LocalFleet } from '../runner/local-fleet.js'
import type { Command } from './command.js'
import { liveSteps } from './live-steps.js'
import { hasColour, type Terminal, widthOf } from './terminal.js'

interface DoctorOptions {
  duration: string
  json: boolean
}

const SHORTEST_US = 200e3
const LONGEST_US = 60e6
const CANNOT_MEASURE = 3

export const doctorCommand: Command = {
  options: (parser) =>
    parser
      .option('duration', {
        type: 'string',
        default: '1',
        requiresArg: true,
        describe: 'Of each of its measurements: 2s, 500ms, or a number of seconds',
      })
      .option('json', { type: 'boolean', default: false, describe: 'The figures as one JSON document on stdout' })
      .example('$0 doctor', 'under a minute; ends with what this machine can carry')
      .example('$0 doctor --duration 5', 'figures that repeat better, in under two minutes')
      .example('$0 doctor --json > machine.json', 'for programs') as never,
  run: (options, terminal) => doctor(options as unknown as DoctorOptions, terminal),
}

async function doctor({ duration, json }: DoctorOptions, { stdout, stderr, env, onInterrupt }: Terminal): Promise<number> {
  const lookUs = readDuration(duration)
  const interruption = new AbortController()
  onInterrupt(() => interruption.abort())
  stderr.write(`Looking at this machine, which takes about ${Math.ceil(expectedUs(lookUs) / 1e6)} s; Ctrl-C ends it\n`)
  const progress = liveSteps(stderr)
  const diagnosis = await examine({
    fleet: new LocalFleet(),
    clock: systemClock,
    version: await feedbenchVersion(),
    lookUs,
    signal: interruption.signal,
    onStep: progress.step,
  }).finally(() => progress.end())
  stdout.write(
    json ? `${JSON.stringify(diagnosis)}\n` : renderDoctor(diagnosis, { colour: hasColour(stdout, env), width: widthOf(stdout) }),
  )
  return diagnosis.canMeasure ? 0 : CANNOT_MEASURE
}

function readDuration(text: string): number {
  const us = parseDurationUs(/^[\d.]+$/.test(text) ? `${text}s` : text)
  if (us !== undefined && us >= SHORTEST_US && us <= LONGEST_US) return us
  throw new FeedbenchError({
    code: 'E_USAGE',
    where: '--duration',
    message: `expected 200ms to 60s, got ${JSON.stringify(text)}`,
    hint: 'such as --duration 2, or --duration 500ms',
  })
}

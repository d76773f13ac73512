import { renderTargetCheck } from '../report/target-check.js'
import { LocalFleet } from '../runner/local-fleet.js'
import { interrupted } from '../runner/run.js'
import { loadScenario } from '../scenario/load.js'
import { scenarioFile } from '../scenario/shipped.js'
import { checkTarget } from '../target-check/check-target.js'
import type { Command } from './command.js'
import { hasColour, type Terminal, widthOf } from './terminal.js'

interface CheckTargetOptions {
  scenario: string
  allowRemote: boolean
  json: boolean
}

const SOMETHING_MISSING = 1

export const checkTargetCommand: Command = {
  options: (parser) =>
    parser
      .positional('scenario', { type: 'string', describe: 'A YAML file with the key target', demandOption: true })
      .option('allow-remote', {
        type: 'boolean',
        default: false,
        describe: 'Let the target be a server on another machine',
      })
      .option('json', { type: 'boolean', default: false, describe: 'The findings as one JSON document on stdout' })
      .example(
        '$0 check-target my-server.yaml',
        'starts it, publishes some messages, and is a client of each transport',
      ) as never,
  run: (options, terminal) => check(options as unknown as CheckTargetOptions, terminal),
}

async function check(
  { scenario, allowRemote, json }: CheckTargetOptions,
  { stdout, env, onInterrupt }: Terminal,
): Promise<number> {
  const fleet = new LocalFleet()
  // What is found out while a server is being ended says nothing of it.
  const interruption = new Promise<never>((_, reject) => {
    onInterrupt((signal) => void fleet.abort().finally(() => reject(interrupted(signal, 'check-target'))))
  })
  const checking = loadScenario(scenarioFile(scenario), { allowRemote }).then((loaded) => checkTarget(loaded, { fleet }))
  const report = await Promise.race([checking, interruption])
  const options = { colour: hasColour(stdout, env), width: widthOf(stdout) }
  stdout.write(json ? `${JSON.stringify(report)}\n` : renderTargetCheck(report, options))
  return report.isMet ? 0 : SOMETHING_MISSING
}

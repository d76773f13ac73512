import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ListedScenario, type ListedTransport, type Listing, renderList } from '../report/list.js'
import { describeOptions } from '../scenario/describe-options.js'
import { loadScenario } from '../scenario/load.js'
import { builtInTransports } from '../transports/registry.js'
import type { Command } from './command.js'
import { hasColour, type Terminal } from './terminal.js'

/** Beside `dist`, in a checkout as in the package. */
const SCENARIOS = fileURLToPath(new URL('../../scenarios', import.meta.url))

export const listCommand: Command = {
  usage: 'list',
  describe: 'Show the scenarios that come along and the transports',
  options: (parser) =>
    parser
      .option('json', { type: 'boolean', default: false, describe: 'One JSON document on stdout' })
      .example('$0 list', 'what there is to run, and what each transport can be told') as never,
  run: (options, terminal) => list(options.json === true, terminal),
}

async function list(asJson: boolean, { stdout, env }: Terminal): Promise<number> {
  const listing: Listing = { scenarios: await scenarios(), transports: builtInTransports.map(listed) }
  stdout.write(asJson ? `${JSON.stringify(listing)}\n` : renderList(listing, { colour: hasColour(stdout, env) }))
  return 0
}

async function scenarios(): Promise<ListedScenario[]> {
  const files = (await readdir(SCENARIOS)).filter((file) => file.endsWith('.yaml')).sort()
  return Promise.all(
    files.map(async (name) => {
      const file = join(SCENARIOS, name)
      const scenario = await loadScenario(file)
      return { file: relative(process.cwd(), file), name: scenario.name, question: scenario.description }
    }),
  )
}

function listed(descriptor: (typeof builtInTransports)[number]): ListedTransport {
  const { name, summary, capabilities } = descriptor
  return { name, summary, options: describeOptions(descriptor), capabilities: { ...capabilities } }
}

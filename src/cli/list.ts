import { relative } from 'node:path'
import { type ListedScenario, type ListedTransport, type Listing, renderList } from '../report/list.js'
import { describeOptions } from '../scenario/describe-options.js'
import { loadScenario } from '../scenario/load.js'
import { publishedScenarios, type ShippedScenario, shippedScenarios } from '../scenario/shipped.js'
import { builtInTransports } from '../transports/registry.js'
import type { Command } from './command.js'
import { hasColour, type Terminal } from './terminal.js'

export const listCommand: Command = {
  options: (parser) =>
    parser
      .option('json', { type: 'boolean', default: false, describe: 'One JSON document on stdout' })
      .example('$0 list', 'what there is to run by name, and what each transport can be told') as never,
  run: (options, terminal) => list(options.json === true, terminal),
}

async function list(asJson: boolean, { stdout, env }: Terminal): Promise<number> {
  const listing: Listing = {
    scenarios: await listedScenarios(shippedScenarios()),
    published: await listedScenarios(publishedScenarios()),
    transports: builtInTransports.map(listed),
  }
  stdout.write(asJson ? `${JSON.stringify(listing)}\n` : renderList(listing, { colour: hasColour(stdout, env) }))
  return 0
}

async function listedScenarios(shipped: ShippedScenario[]): Promise<ListedScenario[]> {
  return Promise.all(
    shipped.map(async ({ name, file }) => {
      const { description } = await loadScenario(file)
      return { file: relative(process.cwd(), file), name, question: description }
    }),
  )
}

function listed(descriptor: (typeof builtInTransports)[number]): ListedTransport {
  const { name, summary, capabilities } = descriptor
  return { name, summary, options: describeOptions(descriptor), capabilities: { ...capabilities } }
}

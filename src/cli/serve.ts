import { randomInt } from 'node:crypto'
import { systemClock } from '../measure/clock.js'
import type { FeedTimes, ServerSpec } from '../model/member.js'
import type { Json } from '../model/role.js'
import type { Disconnected } from '../model/trial.js'
import { parseRatePerSec } from '../model/units.js'
import { connectionsAllowed } from '../server/connection-limit.js'
import { createFeedServer } from '../server/server-role.js'
import { builtInModule } from '../transports/registry.js'
import type { Command } from './command.js'
import { readPort } from './port.js'
import type { Terminal } from './terminal.js'
import { usage } from './wrong-value.js'

interface ServeOptions {
  port: string
  rate?: string
  host: string
  maxConnections?: string
  publish: boolean
}

const PAYLOAD_BYTES = 200
const USUAL_RATE = '1/s'
const HIGHEST_RATE_PER_SEC = 100_000
const INTERRUPTED = 130

export const serveCommand: Command = {
  options: (parser) =>
    parser
      .option('port', { type: 'string', default: '8080', requiresArg: true, describe: 'To listen on; 0 for any that is free' })
      .option('rate', {
        type: 'string',
        requiresArg: true,
        describe: `Messages, such as 20/s or 30/min; Poisson. Default ${USUAL_RATE}`,
      })
      .option('host', {
        type: 'string',
        default: '127.0.0.1',
        requiresArg: true,
        describe: 'Address to listen at; loopback unless you say otherwise',
      })
      .option('max-connections', {
        type: 'string',
        requiresArg: true,
        describe: 'At once; those beyond are refused. Default: what the descriptor limit allows',
      })
      .option('publish', {
        type: 'boolean',
        default: false,
        describe: 'Publish nothing by itself, but what others send: POST /publish, a JSON message {"seq":1,...} each',
      })
      .example('$0 serve', 'then: curl -N http://127.0.0.1:8080/events')
      .example('$0 serve --port 0 --rate 20/s', 'any free port, more messages')
      .example('$0 serve --publish', 'then: curl -d \'{"seq":1}\' http://127.0.0.1:8080/publish') as never,
  run: (options, terminal) => serve(options as unknown as ServeOptions, terminal),
}

/** Serves until it is interrupted. */
async function serve(options: ServeOptions, { stdout, onInterrupt }: Terminal): Promise<number> {
  process.title = 'feedbench server'
  const port = readPort('--port', options.port, 'such as --port 8080, or 0 for any that is free')
  if (options.publish && options.rate !== undefined)
    throw usage('--rate', 'no rate beside --publish', options.rate, 'with --publish others decide when: leave one of them out')
  const ratePerSec = readRate(options.rate ?? USUAL_RATE)
  // An empty address would be every address: a shell's unset variable must not open the feed to the network.
  if (options.host.trim() === '')
    throw usage('--host', 'an address', options.host, 'such as --host 127.0.0.1, or 0.0.0.0 for all')
  const spec: ServerSpec = {
    transport: { module: builtInModule('polling'), options: { intervalUs: 1e6, mode: 'all' } },
    feed: { arrival: 'poisson', ratePerSec, payloadBytes: PAYLOAD_BYTES, burst: null, trace: null, seed: randomInt(2 ** 32) },
    trace: null,
    takesPosts: options.publish,
    host: options.host,
    port,
    ...(options.maxConnections === undefined ? {} : { maxConnections: readConnections(options.maxConnections) }),
  }
  const server = await createFeedServer(spec as unknown as Json, () => {})
  const answer = (await server.request('listen', null)) as { port: number }
  const times: FeedTimes = { epochUs: systemClock.nowUs(), untilUs: Number.MAX_SAFE_INTEGER, windows: [] }
  if (!options.publish) await server.request('publish', times as unknown as Json)
  const at = `${options.host.includes(':') ? `[${options.host}]` : options.host}:${answer.port}`
  stdout.write(
    [
      options.publish
        ? `what is posted to http://${at}/publish at http://${at}; Ctrl-C ends it`
        : `${ratePerSec} messages/s of ${PAYLOAD_BYTES} B at http://${at}; Ctrl-C ends it`,
      `  polling         curl 'http://${at}/poll?after=0'`,
      `  long-polling    curl 'http://${at}/long-poll?after=0&hold=30000'`,
      `  http-streaming  curl -N http://${at}/stream`,
      `  sse             curl -N http://${at}/events`,
      `  websocket       new WebSocket('ws://${at}/ws')`,
      '',
    ].join('\n'),
  )
  await new Promise<void>((resolve) => onInterrupt(() => resolve()))
  const { slow, refused } = (await server.request('connections', null)) as unknown as Disconnected
  await server.stop()
  stdout.write(
    `${count(slow, 'client')} disconnected that read nothing, ${count(refused, 'connection')} refused beyond the limit\n`,
  )
  return INTERRUPTED
}

function count(times: number, what: string): string {
  return `${times} ${what}${times === 1 ? '' : 's'}`
}

/** More than the descriptors allow would be a promise that the system breaks. */
function readConnections(text: string): number {
  const most = connectionsAllowed()
  const connections = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (!(connections >= 1 && connections <= most)) {
    throw usage(
      '--max-connections',
      `a number from 1 to ${most}`,
      text,
      'such as --max-connections 1000; ulimit -n raises what a process may hold',
    )
  }
  return connections
}

function readRate(text: string): number {
  const rate = parseRatePerSec(/^[\d.]+$/.test(text) ? `${text}/s` : text)
  if (rate === undefined || !(rate > 0 && rate <= HIGHEST_RATE_PER_SEC)) {
    throw usage('--rate', `a rate above 0 and up to ${HIGHEST_RATE_PER_SEC}/s`, text, 'such as --rate 20/s')
  }
  return rate
}

import { z } from 'zod'
import { duration, onOff } from '../options.js'
import type { TransportDescriptor } from '../transport.js'
import type { WebSocketOptions } from './options.js'
import { predict } from './predict.js'

/** As Socket.IO has it. */
const USUAL_TIMEOUT_US = 20e6

const interval = z.union([z.literal(['off', false]).transform(() => null), duration(10e3, 3_600e6, '10ms to 1h')], {
  error: 'E_UNIT expected off, or a duration from 10ms to 1h such as 25s',
})

const optionsSchema = z
  .strictObject({
    coalesce: onOff().prefault('off').describe('on: one write a client and turn of the loop; off: one write a message'),
    compression: onOff().prefault('off').describe('permessage-deflate'),
    ping: interval.prefault('off').describe('Between the pings of a client, such as 25s; off: it sends none'),
    pingTimeout: duration(10e3, 3_600e6, '10ms to 1h')
      .optional()
      .describe(
        'After a ping without an answer the client counts its connection as lost and comes back (20s where there is a ping)',
      ),
  })
  // ws compresses and writes message by message; to merge its writes would be a server that nobody runs.
  .refine(({ coalesce, compression }) => !(coalesce && compression), {
    error: 'E_VALUE expected coalesce: off where compression is on',
  })
  .refine(({ ping, pingTimeout }) => ping !== null || pingTimeout === undefined, {
    error: 'E_VALUE expected ping where pingTimeout is set',
  })
  .transform(({ coalesce, compression, ping, pingTimeout }) => ({
    coalesce,
    compression,
    ping: ping === null ? null : { intervalUs: ping, timeoutUs: pingTimeout ?? USUAL_TIMEOUT_US },
  }))

export const websocket: TransportDescriptor<WebSocketOptions> = {
  name: 'websocket',
  summary: 'a text message each over one upgraded connection',
  optionsSchema,
  capabilities: { pull: false, hold: false, push: true, publish: false, ack: false, resume: true, multiplexed: false },
  server: () => import('./server.js'),
  client: () => import('./client.js'),
  predict,
}

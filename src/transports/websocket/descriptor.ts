import { z } from 'zod'
import { onOff } from '../options.js'
import type { TransportDescriptor } from '../transport.js'
import type { WebSocketOptions } from './options.js'
import { predict } from './predict.js'

const optionsSchema = z
  .strictObject({
    coalesce: onOff().prefault('off').describe('on: one write a client and turn of the loop; off: one write a message'),
    compression: onOff().prefault('off').describe('permessage-deflate'),
  })
  // ws compresses and writes message by message; to merge its writes would be a server that nobody runs.
  .refine(({ coalesce, compression }) => !(coalesce && compression), {
    error: 'E_VALUE expected coalesce: off where compression is on',
  })

export const websocket: TransportDescriptor<WebSocketOptions> = {
  name: 'websocket',
  summary: 'a text message each over one upgraded connection',
  optionsSchema,
  capabilities: { pull: false, hold: false, push: true, publish: false, ack: false, resume: true, multiplexed: false },
  server: () => import('./server.js'),
  client: () => import('./client.js'),
  predict,
}

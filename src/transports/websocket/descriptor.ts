import { z } from 'zod'
import { onOff } from '../options.js'
import type { TransportDescriptor } from '../transport.js'

export interface WebSocketOptions {
  /** One write for all messages of a turn of the server's loop, instead of one each. */
  coalesce: boolean
  /** permessage-deflate, offered and accepted. */
  compression: boolean
}

const optionsSchema = z.strictObject({
  coalesce: onOff().default(false).describe('on: one write a client and turn of the loop; off: one write a message'),
  compression: onOff().default(false).describe('permessage-deflate'),
})

export const websocket: TransportDescriptor<WebSocketOptions> = {
  name: 'websocket',
  summary: 'a text message each over one upgraded connection',
  optionsSchema,
  capabilities: { pull: false, hold: false, push: true, publish: false, ack: false, resume: true, multiplexed: false },
  server: () => import('./server.js'),
  client: () => import('./client.js'),
}

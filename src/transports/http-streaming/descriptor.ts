import { z } from 'zod'
import { onOff } from '../options.js'
import type { TransportDescriptor } from '../transport.js'
import type { HttpStreamingOptions } from './options.js'
import { predict } from './predict.js'

const optionsSchema = z.strictObject({
  coalesce: onOff().prefault('off').describe('on: one write a client and turn of the loop; off: one write a message'),
})

export const httpStreaming: TransportDescriptor<HttpStreamingOptions> = {
  name: 'http-streaming',
  summary: 'one response that never ends, a line of JSON a message',
  optionsSchema,
  capabilities: { pull: false, hold: false, push: true, publish: false, ack: false, resume: true, multiplexed: false },
  server: () => import('./server.js'),
  client: () => import('./client.js'),
  predict,
}

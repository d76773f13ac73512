import { z } from 'zod'
import { duration, onOff } from '../options.js'
import type { TransportDescriptor } from '../transport.js'
import type { SseOptions } from './options.js'
import { predict } from './predict.js'

const optionsSchema = z
  .strictObject({
    coalesce: onOff().prefault('off').describe('on: one write a client and turn of the loop; off: one write a message'),
    // The HTML standard advises a comment every 15 s or so, because of proxies that drop idle connections.
    heartbeat: duration(100e3, 3_600e6, '100ms to 1h')
      .prefault('15s')
      .describe('Between comments that keep an idle connection open'),
  })
  .transform(({ coalesce, heartbeat }) => ({ coalesce, heartbeatUs: heartbeat }))

export const sse: TransportDescriptor<SseOptions> = {
  name: 'sse',
  summary: 'server-sent events: text/event-stream with ids',
  optionsSchema,
  capabilities: { pull: false, hold: false, push: true, publish: false, ack: false, resume: true, multiplexed: false },
  server: () => import('./server.js'),
  client: () => import('./client.js'),
  predict,
}

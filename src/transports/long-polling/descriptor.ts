import { z } from 'zod'
import { duration } from '../options.js'
import type { TransportDescriptor } from '../transport.js'
import type { LongPollingOptions } from './options.js'
import { predict } from './predict.js'

const optionsSchema = z
  .strictObject({
    // RFC 6202 section 5.5 finds 30 s safe with today's proxies.
    hold: duration(1e3, 120e6, '1ms to 2m').prefault('30s').describe('How long the server holds a request without a message'),
  })
  .transform(({ hold }) => ({ holdUs: hold }))

export const longPolling: TransportDescriptor<LongPollingOptions> = {
  name: 'long-polling',
  summary: 'a request that is held until there is a message, and then asked again at once',
  optionsSchema,
  capabilities: { pull: true, hold: true, push: false, publish: false, ack: false, resume: true, multiplexed: false },
  server: () => import('./server.js'),
  client: () => import('./client.js'),
  predict,
}

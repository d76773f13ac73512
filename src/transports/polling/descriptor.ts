import { z } from 'zod'
import { duration } from '../options.js'
import type { TransportDescriptor } from '../transport.js'
import type { PollingOptions } from './options.js'
import { predict } from './predict.js'

const optionsSchema = z
  .strictObject({
    interval: duration(1e3, 3_600e6, '1ms to 1h').prefault('1s').describe('Between the polls of one client, such as 250ms'),
    mode: z.enum(['all', 'latest']).default('all').describe('all: every message since the last poll; latest: the newest only'),
  })
  .transform(({ interval, mode }) => ({ intervalUs: interval, mode }))

export const polling: TransportDescriptor<PollingOptions> = {
  name: 'polling',
  summary: 'a request at a fixed interval, answered at once',
  optionsSchema,
  capabilities: { pull: true, hold: false, push: false, publish: false, ack: false, resume: true, multiplexed: false },
  server: () => import('./server.js'),
  client: () => import('./client.js'),
  predict,
}

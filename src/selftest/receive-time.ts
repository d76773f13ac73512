import { fileURLToPath } from 'node:url'
import type { Check } from './check.js'
import { atMost, exactly } from './compare.js'
import { HANDLER_US } from './slow-handler.js'
import { measured, OVERHEAD_US } from './trials.js'

const CLIENTS = 100
const MEASURE_US = 3e6
const RATE_PER_SEC = 3
const MODULE = fileURLToPath(new URL('./slow-handler.js', import.meta.url))
/** Half of the clients stand behind the middle of the queue. A third of that is far more than the kernel and the server take, and far less than the queue. */
const MIDDLE_OF_QUEUE_US = (CLIENTS * HANDLER_US) / 2

/**
 * Received is when the poll returned. A hundred clients get a message at the same time, and each handler takes a millisecond: whoever takes the time in the handler
 * finds half of the queue in the p50, which a pause of the machine does not move.
 */
export const receiveTimeCheck: Check = {
  name: 'receive-time',
  meaning:
    'what the load generator needs to handle messages is put down to the transport: latencies grow with the number of clients',
  expectedUs: () => OVERHEAD_US + MEASURE_US + 1.5e6,
  run: (site) =>
    measured(
      site,
      'slow handlers',
      {
        scenario: {
          feed: { rate: `${RATE_PER_SEC}/s`, arrival: 'periodic', payload: '200B' },
          clients: CLIENTS,
          transports: [MODULE],
          phases: { warmup: '1s', measure: `${MEASURE_US}us`, drain: '2s' },
        },
        // It is the check that keeps this driver busy.
        expected: ['DRIVER_LAG', 'DRIVER_BUSY'],
      },
      ({ trial: { latencyUs, messages } }) => [
        atMost(`p50 where each of ${CLIENTS} handlers takes ${HANDLER_US / 1e3} ms`, 'us', latencyUs.p50, MIDDLE_OF_QUEUE_US / 3),
        exactly('missing', 'count', messages.missing, 0),
      ],
    ),
}

import autocannon from 'autocannon'
import { expect, test } from 'vitest'
import { start, until } from './command.js'

test('an independent load generator finds no fault with the polling endpoint', async () => {
  const server = start(['serve', '--port', '0', '--rate', '50/s'])
  const base = await until('the address', () => /http:\/\/127\.0\.0\.1:\d+/.exec(server.stdout())?.[0])
  try {
    // Bounded by a number of requests, not by time: the machine may be as slow as it likes.
    const { requests, errors, timeouts, non2xx } = await autocannon({ url: `${base}/poll?after=0`, connections: 10, amount: 500 })
    expect({ sent: requests.total, errors, timeouts, non2xx }).toEqual({ sent: 500, errors: 0, timeouts: 0, non2xx: 0 })
  } finally {
    server.child.kill('SIGINT')
    await server.ended
  }
})

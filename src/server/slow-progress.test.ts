import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { TransportSite, until } from '../testing/transport-site.js'
import { httpStreaming } from '../transports/http-streaming/descriptor.js'
import type { TransportDescriptor } from '../transports/transport.js'

/** Together less than the third of 4 MB that Linux wants to see free before a writer goes on. */
const READS = 14
const READ_BYTES = 64_000
/** Between reads, and between the server's looks. */
const LOOK_EVERY_MS = 150

let site: TransportSite
let socket: Socket
afterEach(async () => {
  socket.destroy()
  await site.close()
})

/** A connection with all that the kernel takes for it, of which nothing was read. */
async function startFull(slowReaderMs: number): Promise<{ server: Socket }> {
  site = await TransportSite.start(httpStreaming as unknown as TransportDescriptor, { serverLimits: { slowReaderMs } })
  site.publish(15_000, () => `"${'x'.repeat(1_500)}"`)
  socket = connect({ port: site.port, host: '127.0.0.1', onread: { buffer: Buffer.alloc(READ_BYTES), callback: () => false } })
  socket.on('error', () => {})
  socket.write('GET /stream?after=0 HTTP/1.1\r\nHost: a\r\n\r\n')
  await until(() => site.accepted[0]?.socket.writableNeedDrain === true, 'the kernel takes no more')
  return { server: site.accepted[0]?.socket as Socket }
}

/** Lets the client read once: its buffer has an end, and its callback stops it. */
const readOnce = () => socket._read(0)

describe.skipIf(process.platform !== 'linux')('a client that reads too slowly for the server to notice', () => {
  test('is not cut off', async () => {
    const { server } = await startFull(6 * LOOK_EVERY_MS)
    for (let read = 0; read < READS; read++) {
      readOnce()
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
    // Two patiences have passed, in which nothing left the process.
    expect(socket.bytesRead).toBeGreaterThan((READS * READ_BYTES) / 2)
    expect([site.server.disconnected.slow, server.destroyed]).toEqual([0, false])
  })
})

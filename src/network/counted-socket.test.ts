import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Loopback } from '../testing/loopback.js'
import type { CountedSocket } from './counted-socket.js'
import { createDialer } from './dial.js'

const open: Loopback[] = []

async function listen(onPeer?: (peer: Socket) => void): Promise<Loopback> {
  const loopback = await Loopback.listen(onPeer)
  open.push(loopback)
  return loopback
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((loopback) => loopback.close()))
})

/** All that a socket hands on, and whether it ended or broke. */
async function outcome(socket: CountedSocket): Promise<{ bytes: Buffer; error: string | null; ended: boolean }> {
  const chunks: Buffer[] = []
  let error: string | null = null
  let ended = false
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', ({ message }) => {
    error = message
  })
  socket.on('end', () => {
    ended = true
  })
  if (!socket.closed) await once(socket, 'close').catch(() => {})
  while (!socket.closed) await new Promise((resolve) => setImmediate(resolve))
  return { bytes: Buffer.concat(chunks), error, ended }
}

const numbered = (length: number) => Buffer.from(Array.from({ length }, (_, index) => index % 251))

describe('a counted socket', () => {
  it('hands on every byte in order, and counts what the socket itself counts', async () => {
    const sent = numbered(3_000_000)
    const loopback = await listen((peer) => {
      peer.end(sent)
      peer.resume()
    })
    const dialer = loopback.dialer()
    const socket = dialer.dial()
    socket.write('twelve bytes')
    socket.write(Buffer.alloc(5_000))
    const { bytes, ended, error } = await outcome(socket)
    expect([bytes.equals(sent), ended, error]).toEqual([true, true, null])
    expect(dialer.totals).toMatchObject({ received: sent.length, sent: 5_012 })
    expect(dialer.totals).toMatchObject({ received: socket.bytesRead, sent: socket.bytesWritten })
  })

  it('counts bytes and not characters, in one write and in many at once', async () => {
    const loopback = await listen((peer) => peer.resume())
    const dialer = loopback.dialer()
    const socket = dialer.dial()
    await once(socket, 'connect')
    socket.write('é', 'latin1')
    socket.write('€')
    socket.cork()
    socket.write('日本')
    socket.write('ff00', 'hex')
    socket.write(new Uint8Array(4))
    socket.uncork()
    socket.end()
    await once(loopback.peers[0] as Socket, 'end')
    expect(dialer.totals.sent).toBe(1 + 3 + 6 + 2 + 4)
    expect(loopback.peers[0]?.bytesRead).toBe(16)
    socket.destroy()
  })

  it('does not count what waited for a connection that never came', async () => {
    // A port that no server is given that asks for any: one that was just free may be somebody else's by now.
    const dialer = createDialer({ host: '127.0.0.1', port: 1, sourceAddresses: [] })
    const socket = dialer.dial()
    socket.write('GET / HTTP/1.1')
    expect((await outcome(socket)).error).toContain('ECONNREFUSED')
    expect(dialer.totals).toEqual({ received: 0, handed: 0, sent: 0, headers: null })
  })

  it('ends after its last byte, and not before', async () => {
    for (const length of [1, 1_000, 70_000]) {
      const loopback = await listen((peer) => peer.end(numbered(length)))
      const { bytes, ended } = await outcome(loopback.dialer().dial())
      expect([bytes.equals(numbered(length)), ended]).toEqual([true, true])
    }
  })

  it('hands on what came before it was reset', async () => {
    const loopback = await listen((peer) => peer.write(numbered(500), () => peer.resetAndDestroy()))
    const socket = loopback.dialer().dial()
    const { bytes, error } = await outcome(socket)
    // Loopback may drop what is unread when the reset comes; what was read must not be lost by us.
    expect(bytes.length).toBe(socket.bytesRead)
    expect(error).toContain('ECONNRESET')
  })

  it('hands on what still waits to be handled when it breaks', async () => {
    const loopback = await listen((peer) => peer.write(numbered(500)))
    const dialer = loopback.dialer()
    const take = dialer.intake.take.bind(dialer.intake)
    const socket = dialer.dial()
    dialer.intake.take = (receiver, length) => {
      take(receiver, length)
      socket.destroy(new Error('broken'))
    }
    expect(await outcome(socket)).toEqual({ bytes: numbered(500), error: 'broken', ended: false })
  })

  it('tells what has been read from what has been handed on', async () => {
    const loopback = await listen((peer) => peer.end(numbered(500)))
    const dialer = loopback.dialer()
    const take = dialer.intake.take.bind(dialer.intake)
    const waiting: number[] = []
    dialer.intake.take = (receiver, length) => {
      take(receiver, length)
      waiting.push(dialer.totals.received - dialer.totals.handed)
    }
    const { bytes } = await outcome(dialer.dial())
    expect(waiting[0]).toBeGreaterThan(0)
    expect(dialer.totals).toMatchObject({ received: bytes.length, handed: bytes.length })
  })

  it('hands on nothing more once it is destroyed by its owner', async () => {
    const loopback = await listen((peer) => peer.write(numbered(100)))
    const socket = loopback.dialer().dial()
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      socket.destroy()
    })
    await once(socket, 'close')
    loopback.peers[0]?.write(numbered(100))
    expect(Buffer.concat(chunks)).toEqual(numbered(100))
  })

  it('waits for a reader that pauses, and loses nothing', async () => {
    const sent = numbered(400_000)
    const loopback = await listen((peer) => peer.end(sent))
    const socket = loopback.dialer().dial()
    socket.on('data', () => {
      socket.pause()
      setImmediate(() => socket.resume())
    })
    expect((await outcome(socket)).bytes.equals(sent)).toBe(true)
  })

  it('is dialled from the addresses in turn', async () => {
    const from: (string | undefined)[] = []
    const loopback = await listen((peer) => from.push(peer.remoteAddress))
    const dialer = loopback.dialer(undefined, ['127.0.0.2', '127.0.0.3'])
    for (let index = 0; index < 4; index++) await once(dialer.dial(), 'connect')
    while (from.length < 4) await new Promise((resolve) => setImmediate(resolve))
    expect(from.sort()).toEqual(['127.0.0.2', '127.0.0.2', '127.0.0.3', '127.0.0.3'])
    expect(dialer.dialled).toBe(4)
  })

  it('knows when the bytes at hand arrived, even where a reader is only told that there are some', async () => {
    const loopback = await listen((peer) => {
      peer.setNoDelay(true)
      for (let index = 0; index < 20; index++) setTimeout(() => peer.write(Buffer.alloc(10, index)), index)
      setTimeout(() => peer.end(), 30)
    })
    const dialer = loopback.dialer()
    const taken: [length: number, receivedUs: number][] = []
    const take = dialer.intake.take.bind(dialer.intake)
    dialer.intake.take = (socket, length) => {
      take(socket, length)
      // The clock is asked again within the phase, and so says the same.
      taken.push([length, dialer.intake.pollClock.read().receivedUs])
    }
    const socket = dialer.dial()
    const read: [length: number, receivedUs: number][] = []
    socket.on('readable', () => {
      for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null) {
        read.push([chunk.length, socket.arrival.receivedUs])
      }
    })
    await once(socket, 'end')
    expect(read).toEqual(taken)
  })
})

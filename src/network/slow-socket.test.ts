import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Loopback } from '../testing/loopback.js'
import { VirtualClock } from '../testing/virtual-clock.js'
import type { CountedSocket } from './counted-socket.js'
import type { SlowReading } from './read-pace.js'

/** The three ways in which clients read; each calls back with what comes. */
const READERS: [name: string, read: (socket: CountedSocket, take: (chunk: Buffer) => void) => void][] = [
  ['a reader of our own', (socket, take) => socket.readWith(take)],
  ['one of data', (socket, take) => void socket.on('data', take)],
  [
    'one that is told and reads',
    (socket, take) =>
      void socket.on('readable', () => {
        for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null) take(chunk)
      }),
  ],
]

const BYTES_PER_SEC = 100_000
const PER_TICK = BYTES_PER_SEC / 10
/** More than any kernel keeps for one connection of loopback. */
const SENT = Buffer.from(Array.from({ length: 24_000_000 }, (_, index) => index % 251))

let loopback: Loopback
let socket: CountedSocket
afterEach(async () => {
  socket.destroy()
  await loopback.close()
})

/** A slow socket, dialled to a peer that sends all at once. */
async function start(sent: Buffer, isEnd: boolean) {
  const clock = new VirtualClock()
  const reading: SlowReading = { bytesPerSec: BYTES_PER_SEC, clock, timers: clock, readBytes: 0 }
  let peer: Socket | undefined
  loopback = await Loopback.listen((accepted) => {
    peer = accepted
    accepted.resume()
    if (isEnd) accepted.end(sent)
    else accepted.write(sent)
  })
  const dialer = loopback.dialer()
  socket = dialer.dial(reading)
  socket.on('error', () => {})
  return { clock, reading, dialer, peer: () => peer }
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 3_000; turn++) {
    if (isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`waited for ${what}, in vain`)
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe.each(READERS)('a slow socket with %s', (_, read) => {
  it('takes what its pace allows and no more; the rest stays with the kernel and the peer', async () => {
    const { clock, reading, dialer, peer } = await start(SENT, false)
    const chunks: Buffer[] = []
    read(socket, (chunk) => chunks.push(chunk))
    for (let tick = 1; tick <= 8; tick++) {
      await until('an allowance to be read', () => reading.readBytes >= tick * PER_TICK)
      await turns(20)
      expect(reading.readBytes).toBeLessThan((tick + 1) * PER_TICK)
      clock.advanceBy(100e3)
    }
    await until('an allowance to be read', () => reading.readBytes >= 9 * PER_TICK)
    await until('all of it to be handed on', () => Buffer.concat(chunks).length === reading.readBytes)
    expect(Buffer.concat(chunks).equals(SENT.subarray(0, reading.readBytes))).toBe(true)
    expect([dialer.totals.received, socket.bytesRead]).toEqual([reading.readBytes, reading.readBytes])
    expect(socket.readableLength).toBe(0)
    await until('the peer to be held back', () => (peer()?.writableLength ?? 0) > 0)
  })

  it('comes to the end, and hands on every byte in order', async () => {
    const { clock } = await start(SENT.subarray(0, 95_000), true)
    const chunks: Buffer[] = []
    let isEnded = false
    socket.on('end', () => {
      isEnded = true
    })
    read(socket, (chunk) => chunks.push(chunk))
    await until('the end', () => {
      clock.advanceBy(100e3)
      return isEnded
    })
    expect(Buffer.concat(chunks).equals(SENT.subarray(0, 95_000))).toBe(true)
  })
})

it('a slow socket whose reader pauses is not read on by its pace', async () => {
  const { clock, reading } = await start(SENT.subarray(0, 500_000), false)
  let isPaused = false
  socket.on('data', () => {
    if (isPaused) return
    isPaused = true
    socket.pause()
  })
  await until('the first bytes', () => isPaused)
  await turns(20)
  const before = reading.readBytes
  clock.advanceBy(5e6)
  await turns(20)
  expect(reading.readBytes).toBe(before)
  socket.resume()
  await until('more bytes', () => reading.readBytes > before)
})

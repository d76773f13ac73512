/**
 * A server that does nothing but write: what a streaming server could at best cost. Accepts any request with a fixed answer, then writes the same frame to
 * every socket at a rate, and prints {cpuUs, count} of a window as JSON. Prints its port first.
 *
 *     node bare-writer.mjs '{"clients":100,"ratePerSec":10,"frameBytes":204,"seconds":5,"settleMs":5000}'
 */
import { createServer } from 'node:net'

const { clients, ratePerSec, frameBytes, seconds, settleMs } = JSON.parse(process.argv[2])
/** After the last client has come, before the first write. */
const CALM_MS = 500
const sockets = new Set()
const frame = Buffer.alloc(frameBytes, 0x78)

const server = createServer({ noDelay: true }, (socket) => {
  socket.resume()
  socket.on('error', () => {})
  socket.once('close', () => sockets.delete(socket))
  sockets.add(socket)
  if (sockets.size === clients) setTimeout(write, CALM_MS)
})
server.listen({ host: '127.0.0.1', port: 0, backlog: 8_192 }, () => {
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`)
})

let count = 0
function burst() {
  for (const socket of sockets) socket.write(frame)
  count += sockets.size
}

/** Writes for a while before it counts. */
function write() {
  // Absolute ticks: a late timer does not make the next one late.
  let tick = 0
  const startMs = performance.now()
  const next = () => {
    burst()
    setTimeout(next, Math.max(0, startMs + (++tick * 1_000) / ratePerSec - performance.now()))
  }
  next()
  setTimeout(measure, settleMs)
}

function measure() {
  const cpu = process.cpuUsage()
  const before = count
  setTimeout(() => {
    const { user, system } = process.cpuUsage(cpu)
    process.stdout.write(`${JSON.stringify({ cpuUs: user + system, count: count - before })}\n`)
    process.exit(0)
  }, seconds * 1_000)
}

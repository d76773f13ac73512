import { Histogram } from '../../dist/measure/histogram.js'

const SYN = 2
const MESSAGE = /\{"seq":\d+,"t":(\d+),"p":(\d+),/g

/**
 * What the latencies of a trial's deliveries were by the packets, in a histogram: when the packet with a message came, less its intended time. Where the client had
 * to ask, less also what it asked late, for which no server can be blamed: a poll is due at its tick, a long poll when the answer before it came.
 * `offsetUs`: wall clock less monotonic. The histogram is `null` where no port fits the trial; `seen`:
 * deliveries at the port that fits it best.
 */
export function packetLatency(packets, offsetUs, { transport, windows, latencyUs }, pollIntervalUs) {
  const [{ startUs, endUs }] = windows
  const byPort = new Map()
  /** Of each connection and direction, what TCP sends next: what has been sent before is sent again where a client that stands still acknowledges late. */
  const next = new Map()
  for (const packet of packets) {
    const { sourcePort, targetPort, sequence, length, flags, wallUs } = packet
    const direction = `${sourcePort}>${targetPort}`
    if ((flags & SYN) !== 0) next.delete(direction)
    if (length === 0) continue
    const isAgain = ((sequence + length - (next.get(direction) ?? sequence)) | 0) <= 0
    if (isAgain) continue
    next.set(direction, (sequence + length) >>> 0)
    const us = wallUs - offsetUs
    // Others may measure on this machine too: requests and messages, by the server's port and the client's.
    const text = packet.payload.toString('latin1')
    if (text.startsWith('GET /')) connection(byPort, targetPort, sourcePort).push({ us, isRequest: true, messages: [] })
    const messages = [...text.matchAll(MESSAGE)].map(([, intended, published]) => [Number(intended), Number(published)])
    if (messages.length > 0 || text.startsWith('HTTP/1.1 204'))
      connection(byPort, sourcePort, targetPort).push({ us, isRequest: false, messages })
  }
  const found = [...byPort.values()].map((connections) => {
    const histogram = new Histogram()
    for (const events of connections.values()) {
      for (const { intendedUs, latencyUs } of deliveries(events, transport, pollIntervalUs))
        if (intendedUs >= startUs && intendedUs < endUs) histogram.record(latencyUs)
    }
    return histogram
  })
  const off = ({ count }) => Math.abs(count - latencyUs.count)
  const [nearest] = found.sort((a, b) => off(a) - off(b))
  const seen = nearest?.count ?? 0
  return { seen, histogram: nearest !== undefined && off(nearest) <= MOST_OFF * latencyUs.count ? nearest : null }
}

/** A text that was cut in two by the packets is not seen. */
const MOST_OFF = 0.02

function connection(byPort, serverPort, clientPort) {
  const connections = byPort.get(serverPort) ?? new Map()
  byPort.set(serverPort, connections)
  const events = connections.get(clientPort) ?? []
  connections.set(clientPort, events)
  return events
}

function deliveries(events, transport, pollIntervalUs) {
  const dueUs =
    transport === 'polling' ? ticks(events, pollIntervalUs) : transport === 'long-polling' ? answers(events) : () => null
  const all = []
  let due = null
  let sentUs = 0
  for (const event of events) {
    if (event.isRequest) {
      due = dueUs(event)
      sentUs = event.us
    }
    for (const [intendedUs, publishedUs] of event.messages) {
      const askedLateUs = due === null ? 0 : Math.max(0, sentUs - Math.max(due, publishedUs))
      all.push({ intendedUs, latencyUs: event.us - askedLateUs - intendedUs })
    }
  }
  return all
}

/** Polls that are on time are as close as this. */
const ON_TIME_US = 2e3

/** The tick of a poll, from all polls of the client: most come soon after their tick, none before it. */
function ticks(events, intervalUs) {
  // The first subscribes, whenever that is.
  const sent = events.filter(({ isRequest }) => isRequest).slice(1)
  const after = (phase) => sent.map(({ us }) => modulo(us - phase, intervalUs)).sort((a, b) => a - b)
  let best = { phase: 0, medianUs: Number.POSITIVE_INFINITY }
  for (const { us } of sent) {
    const medianUs = after(us)[sent.length >> 1]
    if (medianUs < best.medianUs) best = { phase: us, medianUs }
  }
  // The densest half may begin after some that were on time too.
  let { phase } = best
  for (let step = 0; step < sent.length; step++) {
    const beforeUs = intervalUs - (after(phase).at(-1) ?? 0)
    if (beforeUs > ON_TIME_US) break
    phase -= beforeUs
  }
  const first = sent[0]
  return ({ us }) => (first === undefined || us < first.us ? us : us - modulo(us - phase, intervalUs))
}

/** When the answer before came. */
function answers(events) {
  return (request) => events.findLast(({ us, isRequest }) => !isRequest && us <= request.us)?.us ?? request.us
}

function modulo(value, by) {
  return ((value % by) + by) % by
}

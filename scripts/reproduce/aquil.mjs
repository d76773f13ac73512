import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { chunkBytes } from '../../dist/theory/wire.js'
import { predictedOf, trialOf } from './trials.mjs'

/** As `Date` prints itself: 39 characters. */
const TEXT = 'Mon Aug 28 2017 09:00:47 GMT-0500 (CDT)'
const EVENTS = 4
/** By which the last answer is told from one that goes on. */
const END_OF_CHUNKS = '0\r\n\r\n'

export async function reproduce(measure) {
  const { head, body } = await answerOfTwin()
  const stream = await streamOfTwin()
  const result = await measure()
  return {
    figures: {
      ...computed(),
      'twin.body': body.length,
      'twin.response': head.length + body.length,
      'twin.event': (stream.length - OPENING_BYTES) / EVENTS,
      'twin.stream': stream.length,
      'here.sseDifference': beyondModel(result, 'sse'),
      'here.webSocketDifference': beyondModel(result, 'websocket'),
    },
  }
}

const OPENING_BYTES = chunkBytes(1)

/** From the lines that their server writes. */
export function computed() {
  const head = [
    'HTTP/1.1 200 OK',
    'Date: Mon, 28 Aug 2017 13:57:20 GMT',
    'Connection: keep-alive',
    'Transfer-Encoding: chunked',
    '',
  ]
  const id = 'id: 0\n'.length
  const data = `data: ${TEXT}\n`.length
  return {
    'computed.response': head.reduce((sum, { length }) => sum + length + 2, 0) + chunkBytes(TEXT.length) + END_OF_CHUNKS.length,
    'computed.event': chunkBytes(id) + chunkBytes(data) + chunkBytes(2),
    'computed.oneWrite': chunkBytes(id + data + 1),
  }
}

/** Bytes a message beyond what the transport's model expects, which counts digits of ids. */
function beyondModel(result, transport) {
  const { measured, expected } = predictedOf(trialOf(result, { transport }), 'bytes.perMessage')
  return measured - expected
}

/** A server that writes as theirs did. */
async function twin(handle, read) {
  const server = createServer(handle)
  server.keepAliveTimeout = 0
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const socket = connect(server.address().port, '127.0.0.1').setEncoding('latin1')
  socket.write('GET / HTTP/1.1\r\nHost: twin\r\n\r\n')
  let received = ''
  for await (const text of socket) {
    received += text
    if (read(received)) break
  }
  socket.destroy()
  server.close()
  const start = received.indexOf('\r\n\r\n') + 4
  return { head: received.slice(0, start), body: received.slice(start) }
}

async function answerOfTwin() {
  return twin(
    (_, response) => {
      response.writeHead(200)
      response.end(TEXT)
    },
    (received) => received.endsWith(END_OF_CHUNKS),
  )
}

async function streamOfTwin() {
  const { body } = await twin(
    (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
      response.write('\n')
      for (let id = 0; id < EVENTS; id++) {
        response.write(`id: ${id}\n`)
        response.write(`data: ${TEXT}\n`)
        response.write('\n\n')
      }
    },
    (received) => received.split(TEXT).length > EVENTS && received.endsWith('2\r\n\n\n\r\n'),
  )
  return body
}

import { get } from 'node:http'
import { z } from 'zod'
import { PartReader } from './part-reader.mjs'

/**
 * `multipart/x-mixed-replace`: a response that never ends, a part a message. Webcams have shown pictures so since 1995, in any browser and
 * without a script. What does its framing cost beside that of server-sent events?
 *
 * @typedef {{ boundary: string }} Options
 * @type {import('feedbench/transport').TransportDescriptor<Options>}
 */
const multipart = {
  name: 'multipart',
  summary: 'multipart/x-mixed-replace: a response that never ends, a part a message',
  optionsSchema: z.strictObject({
    boundary: z
      .string()
      .regex(/^[a-z0-9]{1,70}$/, 'E_VALUE expected 1 to 70 letters and digits')
      .default('frame')
      .describe('What parts are separated by'),
  }),
  capabilities: { pull: false, hold: false, push: true, publish: false, ack: false, resume: true, multiplexed: false },
  server: async () => ({ mount }),
  client: async () => ({ open }),
  predict: ({ feed: { payloadBytes }, options: { boundary } }) => [
    {
      metric: 'bytes.perMessage',
      expected: partHead(boundary, payloadBytes).length + payloadBytes,
      source: 'a delimiter, two fields and m, to the byte',
    },
    { metric: 'requests.perMessage', expected: 0, source: 'nothing is asked for' },
  ],
}
export default multipart

function partHead(/** @type {string} */ boundary, /** @type {number} */ length) {
  return `\r\n--${boundary}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`
}

/** @type {import('feedbench/transport').MountServer<Options>} */
function mount({ log }, { boundary }) {
  /** @typedef {{ socket: import('node:net').Socket, cursor: number, isBlocked: boolean }} Reader */
  /** @type {Set<Reader>} */
  const readers = new Set()
  const lastBytes = `\r\n--${boundary}--\r\n`
  let isOver = false
  let messagesWritten = 0
  let evicted = 0
  let framed = { position: 0, bytes: Buffer.alloc(0) }

  /** Once for all readers: what is compared is bytes on the wire, not who copies less. */
  function frame(/** @type {import('feedbench/transport').LogEntry} */ { position, text }) {
    if (framed.position !== position) {
      framed = { position, bytes: Buffer.concat([Buffer.from(partHead(boundary, text.length)), text]) }
    }
    return framed.bytes
  }

  /** Writes until there is nothing more, or the reader's buffer is full: a slow reader must not cost memory. */
  function catchUp(/** @type {Reader} */ reader) {
    while (!reader.isBlocked && reader.cursor < log.newest && reader.socket.writable) {
      const read = log.read(reader.cursor)
      evicted += read.evicted
      for (const entry of read.entries) {
        if (reader.isBlocked) break
        reader.cursor = entry.position
        messagesWritten++
        reader.isBlocked = !reader.socket.write(frame(entry))
      }
    }
  }

  const unsubscribe = log.subscribe(() => {
    for (const reader of readers) catchUp(reader)
  })

  return {
    routes: {
      '/multipart'(_request, response, query) {
        const { socket } = response
        if (socket === null) return
        // Without chunks about the parts: the body goes to the end of the connection.
        response.removeHeader('Transfer-Encoding')
        response.writeHead(200, { 'Content-Type': `multipart/x-mixed-replace; boundary=${boundary}` })
        response.flushHeaders()
        if (isOver) return socket.end(lastBytes)
        const after = query.get('after')
        const reader = { socket, cursor: after === null ? log.newest : Number(after), isBlocked: false }
        readers.add(reader)
        socket.once('close', () => readers.delete(reader))
        // To the socket itself, as the transports that come along do: node:http would merge what is written in one turn.
        socket.on('drain', () => {
          reader.isBlocked = false
          catchUp(reader)
        })
        catchUp(reader)
      },
    },
    counters: () => ({ writes: messagesWritten, messagesWritten, evicted }),
    close() {
      isOver = true
      unsubscribe()
      for (const { socket } of readers) socket.end(lastBytes)
    },
  }
}

/** How long a server may take to end its side of the connection. */
const CLOSE_PATIENCE_MS = 1_000

/** @type {import('feedbench/transport').OpenClient<Options>} */
function open({ target, after, dial, headers, clock, options }, sink) {
  const socket = dial()
  const parts = new PartReader(options.boundary)
  let isClosed = false
  /** @type {Error | null} */
  let failure = null
  sink.requested(clock.nowUs())
  const request = get({
    ...target,
    path: after === null ? '/multipart' : `/multipart?after=${after}`,
    headers: Object.fromEntries(headers),
    createConnection: () => socket,
  })
  request.on('response', (response) => {
    if (response.statusCode !== 200) {
      request.destroy(new Error(`expected status 200, got ${response.statusCode}`))
      return
    }
    if (!isClosed) sink.subscribed(null)
    response.on('data', (chunk) => {
      // What still comes while the session closes is read, so that its bytes are counted, and told to nobody.
      if (isClosed) return
      try {
        // The socket's arrival is that of the bytes at hand. It is asked for here and now: the next chunk brings another.
        for (const text of parts.push(chunk)) sink.message(text, socket.arrival)
      } catch (error) {
        request.destroy(/** @type {Error} */ (error))
      }
    })
    response.on('error', (error) => {
      failure = error
    })
  })
  request.on('error', (error) => {
    failure = error
  })
  socket.once('close', () => {
    if (!isClosed) sink.lost(failure)
  })

  return {
    async close() {
      isClosed = true
      if (socket.closed) return
      await new Promise((resolve) => {
        const impatience = setTimeout(() => socket.destroy(), CLOSE_PATIENCE_MS)
        socket.once('close', () => {
          clearTimeout(impatience)
          resolve(undefined)
        })
        socket.end()
      })
    },
  }
}

import express from 'express'

/** A feed over polling and server-sent events, with Express. Messages come by POST /publish, and are handed on as they are. */

const KEPT = 10_000
const messages = []
const streams = new Set()
const app = express()

app.get('/healthz', (_request, response) => response.send('ok'))

app.post('/publish', express.text({ type: '*/*', limit: '1mb' }), (request, response) => {
  const { seq } = JSON.parse(request.body)
  messages.push({ seq, text: request.body })
  if (messages.length > KEPT) messages.shift()
  for (const stream of streams) stream.write(`id: ${seq}\ndata: ${request.body}\n\n`)
  response.sendStatus(202)
})

app.get('/updates', (request, response) => {
  const newest = messages.at(-1)?.seq ?? 0
  const since = request.query.since === undefined ? newest : Number(request.query.since)
  if (!Number.isSafeInteger(since)) return response.status(400).json({ error: 'since: expected a whole number' })
  const items = messages.filter(({ seq }) => seq > since)
  response.type('json').send(`{"items":[${items.map(({ text }) => text).join(',')}],"cursor":${items.at(-1)?.seq ?? since}}`)
})

app.get('/events', (request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  response.flushHeaders()
  const last = Number(request.get('Last-Event-ID') ?? Number.POSITIVE_INFINITY)
  for (const { seq, text } of messages) if (seq > last) response.write(`id: ${seq}\ndata: ${text}\n\n`)
  streams.add(response)
  response.on('close', () => streams.delete(response))
})

app.listen(Number(process.env.PORT), '127.0.0.1')

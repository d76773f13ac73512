import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

/**
 * Ticks over WebSocket, with ws. A client asks for the subprotocol `ticks.v1` and then for the ticks; a publisher sends over a WebSocket of its own.
 * Each message is put into an envelope of ours.
 */

const server = createServer((_request, response) => response.end('ok'))
const clients = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) => (offered.has('ticks.v1') ? 'ticks.v1' : false),
})
const publishers = new WebSocketServer({ noServer: true })
const subscribed = new Set()

clients.on('connection', (socket) => {
  socket.on('message', (text) => {
    if (JSON.parse(text).subscribe === 'ticks') subscribed.add(socket)
  })
  socket.on('close', () => subscribed.delete(socket))
})

publishers.on('connection', (socket) => {
  socket.on('message', (text) => {
    for (const client of subscribed) client.send(`{"type":"tick","data":${text}}`)
  })
})

server.on('upgrade', (request, socket, head) => {
  const side = { '/ticks': clients, '/publish': publishers }[request.url]
  if (side === undefined) return socket.destroy()
  side.handleUpgrade(request, socket, head, (webSocket) => side.emit('connection', webSocket))
})

server.listen(Number(process.argv[2]), '127.0.0.1')

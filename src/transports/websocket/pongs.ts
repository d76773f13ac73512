import type { WebSocket } from 'ws'

/**
 * Answers pings, with one pong at most on its way: where more pings came meanwhile, the latest is answered next, which is all that is asked for
 * (RFC 6455 section 5.5.3). So a client that pings without end and reads nothing makes no queue, and is cut off as a slow reader.
 */
export function answerPings(webSocket: WebSocket): void {
  let latest: Buffer | undefined
  let isOnItsWay = false
  const answer = () => {
    isOnItsWay = latest !== undefined && webSocket.readyState === webSocket.OPEN
    if (!isOnItsWay) return
    const data = latest
    latest = undefined
    webSocket.pong(data, false, answer)
  }
  webSocket.on('ping', (data: Buffer) => {
    latest = data
    if (!isOnItsWay) answer()
  })
}

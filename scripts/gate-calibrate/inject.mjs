// Loaded before the server of a side that is to be worse, by scripts/gate-calibrate.mjs: what it adds is in the server under test, and no option of feedbench.
// The query says what: delayUs (before each message is published), everyNth and nth (of so many messages only that one, from 0), bytes (added to each message), cpuUs (after each message).
import http from 'node:http'
import { FeedLog } from '../../dist/feed/log.js'

const query = new URL(import.meta.url).searchParams
const number = (name, otherwise) => Number(query.get(name) ?? otherwise)
const [delayUs, everyNth, nth] = [number('delayUs', 0), number('everyNth', 1), number('nth', 0)]
const [bytes, cpuUs] = [number('bytes', 0), number('cpuUs', 0)]
/** Only where a WebSocket is measured: a change of one transport of four. */
const onlyWebSocket = query.get('only') === 'websocket'

let isWebSocket = false
const emit = http.Server.prototype.emit
http.Server.prototype.emit = function (event, ...rest) {
  if (event === 'upgrade') isWebSocket = true
  return emit.call(this, event, ...rest)
}

const append = FeedLog.prototype.append
let count = 0
FeedLog.prototype.append = function (text) {
  if (onlyWebSocket && !isWebSocket) return append.call(this, text)
  if (delayUs > 0 && count++ % everyNth === nth) spin(delayUs)
  const entry = append.call(this, bytes > 0 ? longer(text) : text)
  if (cpuUs > 0) setImmediate(() => spin(cpuUs))
  return entry
}

/** In the string that ends the message: whatever stands between messages must stay as it is, or polls can no longer be read. */
function longer(text) {
  const end = text.lastIndexOf('"')
  return Buffer.concat([text.subarray(0, end), Buffer.alloc(bytes, 'x'), text.subarray(end)])
}

function spin(us) {
  const end = process.hrtime.bigint() + BigInt(Math.round(us * 1e3))
  while (process.hrtime.bigint() < end);
}

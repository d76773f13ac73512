import { overheadPerMessage, predictedOf, trialOf, valuesOf } from './trials.mjs'

/** As printed in the article, without its example of a body. */
const REQUEST = [
  'GET /PollingStock//PollingStock HTTP/1.1',
  'Host: localhost:8080',
  'User-Agent: Mozilla/5.0 (Windows; U; Windows NT 5.1; en-US; rv:1.9.1.5) Gecko/20091102 Firefox/3.5.5',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language: en-us',
  'Accept-Encoding: gzip,deflate',
  'Accept-Charset: ISO-8859-1,utf-8;q=0.7,*;q=0.7',
  'Keep-Alive: 300',
  'Connection: keep-alive',
  'Referer: http://www.example.com/PollingStock/',
  `Cookie: ${[
    'Constant',
    'ProtectedConstant',
    'Property',
    'ProtectedProperty',
    'Method',
    'ProtectedMethod',
    'Event',
    'Style',
    'Effect',
  ]
    .map((name) => `showInherited${name}=false`)
    .join('; ')}`,
]
const RESPONSE = [
  'HTTP/1.x 200 OK',
  'X-Powered-By: Servlet/2.5',
  'Server: Sun Java System Application Server 9.1_02',
  'Content-Type: text/html;charset=UTF-8',
  'Content-Length: 21',
  'Date: Sat, 07 Nov 2009 00:32:46 GMT',
]
/** RFC 6455, as the frames of the draft that they counted. */
const FRAME_BYTES = 2
const MEBI = 2 ** 20

export async function reproduce(measure) {
  const result = await measure()
  const [once, ...others] = valuesOf(result, 'ratePerSec').map((ratePerSec) => sweepPoint(result, ratePerSec))
  const most = others.at(-1)
  return {
    figures: { ...printed(), ...measured(once, most) },
    tables: [
      {
        title: 'Where it collapses',
        heads: ['messages a poll (lambda T)', 'polling', 'WebSocket', 'headers to frames', 'saved'],
        rows: [once, ...others].map((point) => [
          String(point.perPoll),
          `${point.polling.toFixed(1)} B a message`,
          `${point.webSocket.toFixed(1)} B`,
          `${point.ratio.toFixed(1)}:1`,
          `${(point.saved * 100).toFixed(1)} %`,
        ]),
      },
      { title: 'Bytes of a poll on the wire', heads: ['', 'theirs', 'here'], rows: headerTable(result) },
    ],
  }
}

/** What follows from the article alone. */
export function printed() {
  const characters = charactersOf(REQUEST) + charactersOf(RESPONSE)
  const bits = (bytes, clients) => bytes * 8 * clients
  return {
    'printed.characters': characters,
    'printed.onTheWire': wireBytes(REQUEST) + wireBytes(RESPONSE),
    'printed.polling1k': bits(characters, 1e3) / MEBI,
    'printed.decimal1k': bits(characters, 1e3) / 1e6,
    'printed.polling100k': bits(characters, 1e5) / MEBI,
    'printed.webSocket100k': bits(FRAME_BYTES, 1e5) / MEBI,
    'printed.ratio': characters / FRAME_BYTES,
  }
}

function measured(once, most) {
  return {
    'here.measuredToComputed': once.toPredicted,
    'here.ratio': once.ratio,
    'here.ratio100': most.ratio,
    'here.saved': once.saved,
    'here.saved100': most.saved,
  }
}

function sweepPoint(result, ratePerSec) {
  const polling = trialOf(result, { transport: 'polling', ratePerSec })
  const webSocket = trialOf(result, { transport: 'websocket', ratePerSec })
  const headers = overheadPerMessage(polling)
  return {
    perPoll: Math.round(1 / polling.requests.perMessage),
    toPredicted: predictedOf(polling, 'bytes.perMessage').deviation + 1,
    ratio: headers / overheadPerMessage(webSocket),
    polling: polling.bytes.perMessage,
    webSocket: webSocket.bytes.perMessage,
    saved: 1 - webSocket.bytes.perMessage / polling.bytes.perMessage,
  }
}

/** Of a poll that brings one message of 100 bytes, with a cursor of two digits and a port of five, and the frame of JSON around the message. */
function ownHeaderBytes(headers) {
  return wireBytes(ownRequest(headers)) + wireBytes(OWN_RESPONSE) + '{"messages":[],"next":10}'.length
}

const OWN_RESPONSE = [
  'HTTP/1.1 200 OK',
  'Content-Type: application/json',
  'Content-Length: 125',
  'Date: Sat, 07 Nov 2009 00:32:46 GMT',
  'Connection: keep-alive',
]

function ownRequest(headers) {
  return [
    'GET /poll?after=10 HTTP/1.1',
    'host: 127.0.0.1:40000',
    'connection: keep-alive',
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ]
}

function headerTable({ plan }) {
  const request = ownRequest(plan.trials[0].requestHeaders.headers)
  const rows = [
    ['request', wireBytes(REQUEST), wireBytes(request)],
    [
      'of it: first line, Host, Accept, Keep-Alive',
      lengthOf(REQUEST, /^(GET|Host|Accept|Keep-Alive):? /i),
      lengthOf(request, /^(GET|host) ?:? /),
    ],
    ['response without its body', wireBytes(RESPONSE), wireBytes(OWN_RESPONSE)],
    ['around the message in the body', 0, '{"messages":[],"next":10}'.length],
    ['together', wireBytes(REQUEST) + wireBytes(RESPONSE), ownHeaderBytes(plan.trials[0].requestHeaders.headers)],
  ]
  return rows.map(([what, theirs, here]) => [what, `${theirs} B`, `${here} B`])
}

function charactersOf(lines) {
  return lines.reduce((sum, { length }) => sum + length, 0)
}

/** Each line and the empty one at the end have two bytes of line end. */
function wireBytes(lines) {
  return charactersOf(lines) + 2 * (lines.length + 1)
}

function lengthOf(lines, pattern) {
  return lines.filter((text) => pattern.test(text)).reduce((sum, { length }) => sum + length + 2, 0)
}

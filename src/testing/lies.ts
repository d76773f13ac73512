import { deflateRawSync, gzipSync } from 'node:zlib'
import { webSocketHead } from './good-answers.js'

/** What a server says to a request, in parts; an endless one is asked for more until the client has had enough. */
export interface Lie {
  /** In order; the connection stays open behind them unless `ends`. */
  parts: (request: string) => Iterable<Buffer>
  /** The server ends the connection then. */
  ends?: boolean
}

const OK = 'HTTP/1.1 200 OK\r\n'
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`
const BODY = '{"messages":[],"next":0}'

function said(text: string, ends = false): Lie {
  return { parts: () => [Buffer.from(text, 'latin1')], ends }
}

/** A head, and then the same for ever. */
function endless(head: string | ((request: string) => Buffer), rest: Buffer | string): Lie {
  return {
    *parts(request) {
      yield typeof head === 'string' ? Buffer.from(head) : head(request)
      for (;;) yield Buffer.from(rest as string)
    },
  }
}

function body(text: string): Lie {
  return said(`${OK}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
}

const KIB_64 = 'a'.repeat(1 << 16)

/** Over any of the four transports that are HTTP. The client must notice by itself. */
export const HTTP_LIES: Record<string, Lie> = {
  'no HTTP': said('SSH-2.0-OpenSSH_9.2\r\n\r\n'),
  'a status without digits': said('HTTP/1.1 abc OK\r\n\r\n'),
  'a version of its own': said('HTTP/7.3 200 OK\r\nContent-Length: 0\r\n\r\n'),
  'NUL in a header': said(`${OK}X: \0\r\n\r\n`),
  'an endless header': endless(`${OK}X: `, KIB_64),
  'endless headers': endless(OK, 'X: y\r\n'.repeat(10_000)),
  'a length that is no number': said(`${OK}Content-Length: many\r\n\r\n`),
  'a negative length': said(`${OK}Content-Length: -5\r\n\r\n`),
  'two lengths': said(`${OK}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`),
  'a chunk without a length': said(`${CHUNKED}zz\r\nhello\r\n`),
  'a chunk of 2^64 bytes and more': said(`${CHUNKED}fffffffffffffffff\r\nhello\r\n`),
  'a chunk that is longer than it says': said(`${CHUNKED}1\r\nhello\r\n0\r\n\r\n`),
  'a redirect': said('HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'),
  'another protocol': said('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nhello'),
  'an error': said('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\nno'),
  'no permission': said('HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n'),
  'an end before a word': said('', true),
  'an end within the head': said('HTTP/1.1 200 OK\r\nContent-', true),
  'an end within the body': said(`${OK}Content-Length: 500\r\n\r\n{"mess`, true),
  'an end within a chunk': said(`${CHUNKED}1f4\r\n{"mess`, true),
}

/** For those that read whole answers. */
export const POLL_LIES: Record<string, Lie> = {
  'bad JSON': body('{"messages":[{]}'),
  'no JSON': body('<html>hello</html>'),
  nothing: body(''),
  'another shape': body('[1,2,3]'),
  'messages that are no list': body('{"messages":{},"next":1}'),
  'messages that are numbers': body('{"messages":[1,2],"next":2}'),
  'no cursor': body('{"messages":[]}'),
  'a cursor below 0': body('{"messages":[],"next":-1}'),
  'a cursor with a fraction': body('{"messages":[],"next":1.5}'),
  'a cursor beyond all numbers': body('{"messages":[],"next":99999999999999999999}'),
  'a cursor that is no whole number any more': body('{"messages":[],"next":9007199254740993}'),
  'a message without an end': body('{"messages":[{"seq":1,"data":"'),
  'a body that was not asked to be compressed': {
    parts: () => {
      const packed = gzipSync(BODY)
      return [Buffer.from(`${OK}Content-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`), packed]
    },
  },
  'a length that is too short': said(`${OK}Content-Length: 10\r\n\r\n${BODY}`),
  'an endless body': endless(`${OK}Content-Length: 2147483648\r\n\r\n`, KIB_64),
  'endless chunks': endless(CHUNKED, `10000\r\n${KIB_64}\r\n`),
}

/** For those that read one answer that never ends. */
export const STREAM_LIES: Record<string, Lie> = {
  'an endless line': endless(CHUNKED, `10000\r\n${KIB_64}\r\n`),
  'an end of the stream': said(`${CHUNKED}0\r\n\r\n`),
  'a length that is too short': said(`${OK}Content-Length: 3\r\n\r\nabcdef`),
  'no body': said('HTTP/1.1 204 No Content\r\n\r\n'),
}

export const SSE_LIES: Record<string, Lie> = {
  'an event without an end': endless(CHUNKED, `10007\r\ndata: ${KIB_64}\n\r\n`),
}

/** After a proper upgrade, or instead of one. */
export const WEB_SOCKET_LIES: Record<string, Lie> = {
  'no upgrade': body(BODY),
  'another key': said(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n',
  ),
  'no key': said('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
  'another protocol': said('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nhello'),
  'a subprotocol that was not offered': upgraded('', 'Sec-WebSocket-Protocol: chat\r\n'),
  'no HTTP': said('SSH-2.0-OpenSSH_9.2\r\n\r\n'),
  'an endless header': endless('HTTP/1.1 101 Switching Protocols\r\nX: ', KIB_64),
  'a redirect': said('HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'),
  'an end before a word': said('', true),
  'an end after the upgrade': { ...upgraded(''), ends: true },
  'an end within a frame': { ...upgraded('\x81\x7dhello'), ends: true },
  'bytes without sense': upgraded('\xff\xff\xff\xff\xff\xff\xff\xff'),
  'a reserved bit': upgraded('\xc1\x01a'),
  'a reserved opcode': upgraded('\x83\x01a'),
  'a masked frame': upgraded('\x81\x81\0\0\0\0a'),
  'a message of 2 GiB': upgraded('\x81\x7f\0\0\0\0\x80\0\0\0'),
  'a message of 2^63 bytes': upgraded('\x81\x7f\x80\0\0\0\0\0\0\0'),
  'a message of 64 MiB': upgraded('\x81\x7f\0\0\0\0\x04\0\0\0'),
  'a control frame of 126 bytes': upgraded(`\x89\x7e\0\x7e${'a'.repeat(126)}`),
  'a control frame in two parts': upgraded('\x09\x01a'),
  'the end of a message that has not begun': upgraded('\x80\x01a'),
  'a message within a message': upgraded('\x01\x01a\x81\x01b'),
  'parts without an end': endlessFrames('\x01\x01a', `\x00\x7f\0\0\0\0\0\x01\0\0${KIB_64}`),
  'a close frame': upgraded('\x88\x02\x03\xe8'),
  'a close frame of one byte': upgraded('\x88\x01a'),
  'a close code that must not be sent': upgraded('\x88\x02\x03\xed'),
}

function upgraded(frames: string, headers = ''): Lie {
  return { parts: (request) => [Buffer.concat([webSocketHead(request, headers), Buffer.from(frames, 'latin1')])] }
}

function endlessFrames(first: string, rest: string): Lie {
  return endless((request) => Buffer.concat([webSocketHead(request), Buffer.from(first, 'latin1')]), Buffer.from(rest, 'latin1'))
}

const DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate\r\n'

/** To a client that does not. */
export const NOT_OFFERED: Record<string, Lie> = { 'an extension that was not offered': upgraded('', DEFLATE) }

/** To a client that offers compression. */
export const COMPRESSED_LIES: Record<string, Lie> = {
  'another extension': upgraded('', 'Sec-WebSocket-Extensions: x-webkit-deflate-frame\r\n'),
  'an extension with odd parameters': upgraded('', 'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99\r\n'),
  'what does not inflate': upgraded('\xc1\x04\xff\xff\xff\xff', DEFLATE),
  '64 MiB of zeros, well packed': {
    parts: (request) => {
      const packed = deflateRawSync(Buffer.alloc(64 << 20))
      const head = Buffer.from([0xc1, 0x7e, packed.length >> 8, packed.length & 0xff])
      return [webSocketHead(request, DEFLATE), packed.length < 1 << 16 ? head : longHead(packed.length), packed]
    },
  },
}

function longHead(length: number): Buffer {
  const head = Buffer.alloc(10)
  head.writeUInt16BE(0xc17f)
  head.writeBigUInt64BE(BigInt(length), 2)
  return head
}

/** What a client cannot tell from a server that is slow: it must cost little, and end when the client is told to. */
export const WAITS: Record<string, Lie> = {
  'no answer': said(''),
  'an answer byte by byte': { parts: () => Array.from(`${OK}X-Slow: ${'y'.repeat(300)}`, (byte) => Buffer.from(byte)) },
  'an endless status line': endless('HTTP/1.1 200 ', KIB_64),
  'other answers first': endless('', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(100)),
}

export const WEB_SOCKET_WAITS: Record<string, Lie> = {
  'endless pings': endlessFrames('', '\x89\x00'.repeat(2_000)),
  'endless pongs': endlessFrames('', '\x8a\x04abcd'.repeat(2_000)),
  'endless empty messages': endlessFrames('', '\x81\x00'.repeat(500)),
}

export const STREAM_WAITS: Record<string, Lie> = {
  'endless empty lines': endless(CHUNKED, `400\r\n${'\n'.repeat(1_024)}\r\n`),
  'chunks of one byte': endless(CHUNKED, '1\r\n\n\r\n'.repeat(500)),
}

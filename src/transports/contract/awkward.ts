/** What a message may hold that a careless frame, line or parser would trip over. */
export const AWKWARD_CONTENTS = [
  'plain',
  { a: [1, { b: '}]{["' }], c: null },
  'größe 漢字 😀 \u2028\u2029\u0085',
  '\n\r\n\ndata: x\nid: 7\n\n',
  '\\"\\\\',
  '],"next":99}',
  '0\r\n\r\n',
  '\u0000\u001b\ufeff',
  '',
  17.5,
]

/** Answers that no client can make sense of, by what they are. */
export const NONSENSE: Record<string, string> = {
  'no answer': '',
  'an error': 'HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n',
  'what is not HTTP': 'SSH-2.0-OpenSSH_9.2\r\n\r\n',
  'half a status line': 'HTTP/1.1 20',
  'headers without an end': `HTTP/1.1 200 OK\r\n${'X-A: b\r\n'.repeat(200)}`,
  'zeros and ones': '\x00\x01\xff\xfe'.repeat(50),
  'a redirect': 'HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n',
  'another protocol': 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\nConnection: Upgrade\r\n\r\n',
}

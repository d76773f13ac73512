import { expect, test } from 'vitest'
import { expandPublish } from './environment-values.js'

const publish = (value: string) => ({
  ...{ kind: 'post' as const, host: null, port: null, path: '/', method: 'POST', connections: 1 },
  headers: [['authorization', value]] as [string, string][],
})

test('a name in braces stands for what the environment has, and a secret thus in no file', () => {
  const planned = publish(`Bearer \${TOKEN}-\${TOKEN}`)
  expect(expandPublish(planned, { TOKEN: 'x' }).headers).toEqual([['authorization', 'Bearer x-x']])
  expect(planned.headers[0]?.[1]).toContain('TOKEN')
  expect(expandPublish(publish('$TOKEN {port}'), {}).headers[0]?.[1]).toBe('$TOKEN {port}')
})

test('a name that the environment lacks is told before anything is started', () => {
  expect(() => expandPublish(publish(`\${NOT_THERE}`), {})).toThrow(
    /target\.publish\.headers\.authorization: expected a variable NOT_THERE in the environment, got none \[E_VALUE\]/,
  )
})

test.each(['secret\n', 'a\r\nx-other: b', '\u0000', 'ü'])('what is no header is refused, and not shown: %j', (secret) => {
  const expand = () => expandPublish(publish(`Bearer \${TOKEN}`), { TOKEN: secret })
  expect(expand).toThrow(/target\.publish\.headers\.authorization: expected printable ASCII without line breaks, .* \[E_VALUE\]/)
  expect(expand).not.toThrow(/secret|other/)
})

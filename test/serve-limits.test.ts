import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { feedbench, start, until } from './command.js'

test('serve holds as many connections as it is told, refuses the others, and says so at its end', async () => {
  const server = start(['serve', '--port', '0', '--rate', '50/s', '--max-connections', '2'])
  const port = Number(await until('the address', () => /http:\/\/127\.0\.0\.1:(\d+)/.exec(server.stdout())?.[1]))
  await until('the first words', () => server.stdout().includes('websocket'))
  const stream = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('GET /stream HTTP/1.1\r\nHost: a\r\n\r\n')
    await once(socket, 'data')
    return socket
  }
  const served = [await stream(), await stream()]
  const refused = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1'), connect(port, '127.0.0.1')]
  for (const socket of refused) socket.on('error', () => {}).resume()
  await until('the others are refused', () => refused.every(({ closed }) => closed))
  const before = served.map(({ bytesRead }) => bytesRead)
  await until('the feed goes on', () => served.every(({ bytesRead }, index) => bytesRead > (before[index] ?? 0)))
  server.child.kill('SIGINT')
  expect(await server.ended).toMatchObject({ code: 130, signal: null, stderr: '' })
  expect(server.stdout()).toMatch(/\n0 clients disconnected that read nothing, 3 connections refused beyond the limit\n$/)
})

test.each(['0', '-1', '1e3', 'many', '', '999999999999'])('serve --max-connections %j is refused', async (value) => {
  const { code, stdout, stderr } = await feedbench(['serve', '--port', '0', `--max-connections=${value}`])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/--max-connections: expected a number from 1 to \d+, got ".*" \[E_USAGE\]\n {2}hint: /)
})

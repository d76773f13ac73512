import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { kernelQueues } from './kernel-queues.js'

const folder = mkdtempSync(join(tmpdir(), 'feedbench-queues-'))
afterAll(() => rmSync(folder, { recursive: true }))

const socketOf = (localPort: number | undefined, remotePort: number | undefined) => ({ localPort, remotePort }) as Socket

function tableOf(name: string, lines: string[]): string {
  const file = join(folder, name)
  const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
  writeFileSync(file, `${[head, ...lines].join('\n')}\n`)
  return file
}

const line = (local: string, remote: string, sent: string) =>
  `   1: 0100007F:${local} ${remote} 01 ${sent}:00000007 00:00000000 00000000     0        0 178579 1 0000 20 4 30 10 -1 `

describe('what the kernel still holds', () => {
  it('is read by the ports of both ends, from both tables', async () => {
    const v4 = tableOf('tcp', [
      line('1F90', '0100007F:C001', '0000FF00'),
      line('C001', '0100007F:1F90', '00000011'),
      line('1F90', '0100007F:C002', '00000000'),
    ])
    const v6 = tableOf('tcp6', [
      '   0: 00000000000000000000000001000000:1F90 00000000000000000000000001000000:C003 01 003A0000:00000000 00:00000000',
    ])
    const [first, second, third] = [0xc001, 0xc002, 0xc003].map((port) => socketOf(8_080, port)) as [Socket, Socket, Socket]
    const queues = await kernelQueues([first, second, third], [v4, v6])
    expect([queues.get(first), queues.get(second), queues.get(third)]).toEqual([0xff00, 0, 0x3a0000])
  })

  it('is their sum where two clients have the same port', async () => {
    const table = tableOf('two', [line('1F90', '0200007F:C001', '00000010'), line('1F90', '0300007F:C001', '00000020')])
    const socket = socketOf(8_080, 0xc001)
    expect((await kernelQueues([socket], [table])).get(socket)).toBe(0x30)
  })

  it('is left out where it is not told', async () => {
    const table = tableOf('strange', ['nonsense', line('1F90', '0100007F:C009', 'XYZ')])
    const sockets = [socketOf(8_080, 0xc001), socketOf(undefined, undefined), socketOf(8_080, 0xc009)]
    expect((await kernelQueues(sockets, [table, join(folder, 'none')])).size).toBe(0)
  })

  it('is found in a table that comes in many parts', async () => {
    const many = Array.from({ length: 5_000 }, (_, index) =>
      line(
        '1F90',
        `0100007F:${(index + 1).toString(16).padStart(4, '0').toUpperCase()}`,
        (index + 1).toString(16).padStart(8, '0').toUpperCase(),
      ),
    )
    const table = tableOf('many', many)
    const sockets = Array.from({ length: 5_000 }, (_, index) => socketOf(8_080, index + 1))
    const queues = await kernelQueues(sockets, [table])
    expect(sockets.map((socket) => queues.get(socket))).toEqual(sockets.map((_, index) => index + 1))
  })
})

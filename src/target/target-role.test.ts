import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TargetSpec } from '../model/member.js'
import type { Json, Role } from '../model/role.js'
import { createTarget } from './target-role.js'

const SURFACE = { path: '/', cursor: null, poll: null, events: null, protocol: null, send: null }

let folder: string
let role: Role | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'feedbench-test-'))
})
afterEach(async () => {
  await role?.stop()
  rmSync(folder, { recursive: true })
})

async function listen(script: string, port: number | null = null): Promise<{ host: string; port: number }> {
  const spec: TargetSpec = {
    logFile: null,
    target: {
      process: { command: [process.execPath, '-e', script], cwd: folder, env: {}, portVariable: 'PORT' },
      host: '127.0.0.1',
      port,
      ready: { path: '/up', timeoutUs: 60e6 },
      surface: SURFACE,
      publish: null,
    },
  }
  role = await createTarget(spec as unknown as Json, () => {})
  return (await role.request('listen', null)) as { host: string; port: number }
}

const SERVES = `require('node:http').createServer((_, response) => response.end()).listen(process.env.PORT, '127.0.0.1')`
/** At its first start it says which port it was told, and ends once that is somebody else's. */
const COMES_TOO_LATE = `
  const fs = require('node:fs')
  const look = () => (fs.existsSync('taken') ? process.exit(1) : setTimeout(look, 5))
  if (fs.existsSync('told')) ${SERVES}
  else { fs.writeFileSync('told.part', process.env.PORT); fs.renameSync('told.part', 'told'); look() }`

describe('a server whose port somebody else has taken meanwhile', () => {
  async function take(): Promise<{ port: number; close(): void }> {
    while (!existsSync(join(folder, 'told'))) await sleep(5)
    const port = Number(readFileSync(join(folder, 'told'), 'utf8'))
    const other = createServer((_, response) => response.writeHead(503).end()).listen(port, '127.0.0.1')
    await once(other, 'listening')
    writeFileSync(join(folder, 'taken'), '')
    const close = () => {
      other.closeAllConnections()
      other.close()
    }
    return { port, close }
  }

  it('is started again with another', async () => {
    const [{ port }, taken] = await Promise.all([listen(COMES_TOO_LATE), take()])
    taken.close()
    expect(port).not.toBe(taken.port)
    expect((await fetch(`http://127.0.0.1:${port}/up`)).status).toBe(200)
  })
})

it('a server that ends by itself is started once, and its end told', async () => {
  const counts = `require('node:fs').appendFileSync('starts', 'x'); process.exit(3)`
  await expect(listen(counts)).rejects.toMatchObject({
    problems: [{ code: 'E_TARGET_NOT_READY', message: expect.stringContaining('got: ended with code 3') }],
  })
  expect(readFileSync(join(folder, 'starts'), 'utf8')).toBe('x')
})

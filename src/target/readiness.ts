import { get } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_EVERY_MS = 50
const PATIENCE_MS = 2_000

/** Why a server is not ready, or `null` where it is. */
export type Look = () => Promise<string | null>

/** `path`: `null` where it suffices that a connection is taken. */
export function readinessOf({ host, port }: { host: string; port: number }, path: string | null): Look {
  return path === null ? () => takesConnection(host, port) : () => answers(host, port, path)
}

/** Looks until it is ready, the time is over, or `isOver` says that there is no more hope. Resolves to why it is not ready, or `null`. */
export async function untilReady(look: Look, timeoutMs: number, isOver: () => boolean): Promise<string | null> {
  let why: string | null = 'nothing was tried'
  const timer = new AbortController()
  const timeout = setTimeout(() => timer.abort(), timeoutMs)
  try {
    for (;;) {
      why = await look()
      if (why === null || isOver() || timer.signal.aborted) return why
      await sleep(LOOK_EVERY_MS)
    }
  } finally {
    clearTimeout(timeout)
  }
}

function answers(host: string, port: number, path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const request = get({ host, port, path, agent: false, timeout: PATIENCE_MS }, (response) => {
      response.resume()
      const { statusCode = 0 } = response
      // A path that never ends its answer, such as a stream, has answered all the same.
      resolve(statusCode < 400 ? null : `${path} was answered with status ${statusCode}`)
      request.destroy()
    })
    request.on('timeout', () => request.destroy(new Error(`no answer for ${PATIENCE_MS} ms`)))
    request.on('error', (error) => resolve(`${path}: ${messageOf(error)}`))
  })
}

function takesConnection(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE_MS }, () => {
      socket.destroy()
      resolve(null)
    })
    socket.on('timeout', () => socket.destroy(new Error(`no connection for ${PATIENCE_MS} ms`)))
    socket.on('error', (error) => resolve(messageOf(error)))
  })
}

/** Where a name has several addresses, the error of all has no message of its own. */
function messageOf(error: NodeJS.ErrnoException): string {
  return error.message === '' ? (error.code ?? 'no connection') : error.message
}

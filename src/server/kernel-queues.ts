import { createReadStream } from 'node:fs'
import type { Socket } from 'node:net'

/** The kernel's tables of connections, IPv4 and IPv6. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6']
/** `  12: 0100007F:1F90 0200007F:C001 01 0000FF00:00000000 ...`: ports of both ends, and what the other end has not acknowledged. */
const LINE = /^ *\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]{2} ([0-9A-F]{8}):/

/**
 * What the kernel still holds of what was written to each socket, in bytes; sockets of which it does not tell (systems other than Linux) are left
 * out. Two clients with one port, from two addresses, are told as their sum: it changes when either reads.
 *
 * Read in small parts and not at once: with 10,000 connections the tables have a megabyte or more, and a server must go on meanwhile.
 */
export async function kernelQueues(sockets: Iterable<Socket>, tables: readonly string[] = TABLES): Promise<Map<Socket, number>> {
  const wanted = new Map<string, Socket[]>()
  for (const socket of sockets) {
    const key = portsOf(socket)
    if (key !== null) wanted.set(key, [...(wanted.get(key) ?? []), socket])
  }
  const queues = new Map<Socket, number>()
  const take = (line: string) => {
    const [, local, remote, queued] = LINE.exec(line) ?? []
    if (queued === undefined) return
    for (const socket of wanted.get(`${local}:${remote}`) ?? [])
      queues.set(socket, (queues.get(socket) ?? 0) + Number.parseInt(queued, 16))
  }
  for (const table of tables) await eachLine(table, take)
  return queues
}

async function eachLine(file: string, take: (line: string) => void): Promise<void> {
  try {
    let rest = ''
    for await (const chunk of createReadStream(file, 'latin1')) {
      const lines = (rest + (chunk as string)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) take(line)
    }
  } catch {
    // There is no such table here, or it may not be read.
  }
}

function portsOf({ localPort, remotePort }: Socket): string | null {
  return localPort === undefined || remotePort === undefined ? null : `${hexadecimal(localPort)}:${hexadecimal(remotePort)}`
}

function hexadecimal(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0')
}

/** How long a server may take to answer the end of a connection with its own. */
export const CLOSE_PATIENCE_MS = 1_000

/** What can be closed: a socket, or a library's client of one. */
interface Closable {
  once(event: 'close', listener: () => void): unknown
}

/** Asks for a connection's end, and resolves when it is closed; where the server does not do its part within a second, it is cut off. */
export function closeWithPatience(connection: Closable, ask: () => void, cutOff: () => void): Promise<void> {
  return new Promise((resolve) => {
    const impatience = setTimeout(cutOff, CLOSE_PATIENCE_MS).unref()
    connection.once('close', () => {
      clearTimeout(impatience)
      resolve()
    })
    ask()
  })
}

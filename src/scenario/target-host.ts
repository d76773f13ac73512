/** An address as a target's `url` says it. */
export interface Address {
  host: string
  port: number
  path: string
}

/** `undefined` where it is no `http:` URL. What stands before an `@` is for `hasCredentials` to find. */
export function hostOf(url: string): Address | undefined {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    return undefined
  }
  if (parsed.protocol !== 'http:') return undefined
  const bare = parsed.hostname.replace(/^\[|\]$/g, '')
  return {
    // Which of the two a name means is the resolver's to say, and servers on loopback listen at the first.
    host: bare === 'localhost' ? '127.0.0.1' : bare,
    port: parsed.port === '' ? 80 : Number(parsed.port),
    path: `${parsed.pathname}${parsed.search}`,
  }
}

export function hasCredentials(url: string): boolean {
  try {
    const { username, password } = new URL(url)
    return username !== '' || password !== ''
  } catch {
    return false
  }
}

/** Of this machine: nobody else is put under load. */
export function isLoopback(host: string): boolean {
  return /^127(\.\d{1,3}){3}$/.test(host) || host === '::1'
}

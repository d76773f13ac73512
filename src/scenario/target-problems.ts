import type { Problem } from '../model/errors.js'
import { commandWords } from '../model/target.js'
import { OWN_SURFACES } from '../transports/surface.js'
import { headerProblems } from './headers.js'
import { type Path, type Places, show, suggest } from './problems.js'
import { hasCredentials, hostOf, isLoopback } from './target-host.js'

type Given = Readonly<Record<string, unknown>>

/** What of a target is for a process that is started. */
const OF_A_COMMAND = ['cwd', 'env', 'portVariable']

/** Keys of a target that need or exclude each other, in what is written, so that other errors do not hide these. `transports`: names of those that are measured. */
export function targetProblems(
  target: unknown,
  { transports, allowRemote, places }: { transports: readonly string[]; allowRemote: boolean; places: Places },
): Problem[] {
  if (!isMap(target)) return []
  return [
    ...startProblems(target, places),
    ...urlProblems(target.url, ['target', 'url'], allowRemote, places),
    ...pathProblems(target.paths, transports, places),
    ...messageProblems(target, places),
    ...publishProblems(target.publish, allowRemote, places),
  ]
}

function startProblems(target: Given, places: Places): Problem[] {
  const { command, url } = target
  const problems: Problem[] = []
  const at = (key: string) => places.where(['target', key], 'key')
  if (command === undefined && url === undefined) {
    const hint =
      'command: [node, server.js] starts your server for each trial; url: http://127.0.0.1:3000 is one that runs already'
    problems.push({ code: 'E_MISSING_KEY', where: at('command'), message: 'expected the key command or url, got neither', hint })
  }
  if (command !== undefined && url !== undefined) {
    const hint = 'keep command where feedbench is to start the server, url where it runs already'
    problems.push({ code: 'E_VALUE', where: at('url'), message: 'expected either command or url, got both', hint })
  }
  if (url !== undefined && command === undefined) {
    for (const key of OF_A_COMMAND.filter((name) => target[name] !== undefined)) {
      const message = `expected no ${key} beside url, got ${show(target[key])}`
      problems.push({ code: 'E_VALUE', where: at(key), message, hint: 'a server that runs already is not started: remove it' })
    }
  }
  if (typeof command === 'string' && commandWords(command) === null) {
    const hint = 'write a list, as in command: [node, server.js, "two words"]; for a shell, command: [sh, -c, "..."]'
    const message = `expected words between spaces, which go to no shell, got ${show(command)}`
    problems.push({ code: 'E_VALUE', where: places.where(['target', 'command']), message, hint })
  }
  return problems
}

function urlProblems(url: unknown, path: Path, allowRemote: boolean, places: Places): Problem[] {
  if (typeof url !== 'string') return []
  const where = places.where(path)
  if (hasCredentials(url)) {
    const hint = `put it into publish.headers, as in authorization: "Bearer \${TOKEN}"`
    return [{ code: 'E_VALUE', where, message: 'expected a URL without user and password, got one that has them', hint }]
  }
  const address = hostOf(url)
  if (address !== undefined && path.length === 2 && address.path !== '/') {
    const message = `expected a URL without a path, which would not be heard, got ${show(url)}`
    return [{ code: 'E_VALUE', where, message, hint: 'say where each transport is in target.paths, as in sse: /v2/events' }]
  }
  if (address === undefined) {
    const hint = 'TLS is not measured: point it at what lies behind your proxy'
    return [{ code: 'E_VALUE', where, message: `expected a URL such as http://127.0.0.1:3000, got ${show(url)}`, hint }]
  }
  if (isLoopback(address.host) || allowRemote) return []
  const hint = 'feedbench puts load on servers: run it with --allow-remote if that host is yours to load'
  const message = `expected a server on this machine, got the host ${show(address.host)}`
  return [{ code: 'E_TARGET_REMOTE', where, message, hint }]
}

function pathProblems(paths: unknown, transports: readonly string[], places: Places): Problem[] {
  if (!isMap(paths)) return []
  const known = [...new Set([...Object.keys(OWN_SURFACES), ...transports])]
  const unknown = Object.keys(paths).filter((name) => !known.includes(name))
  const missing = [...new Set(transports)].filter((name) => paths[name] === undefined)
  return [
    ...unknown.map((name): Problem => {
      const where = places.where(['target', 'paths', name], 'key')
      return {
        code: 'E_UNKNOWN_KEY',
        where,
        message: `expected the name of a transport, got ${show(name)}`,
        hint: suggest(name, known, 'transports'),
      }
    }),
    ...missing.map((name): Problem => {
      const has = Object.keys(paths).join(', ') || 'none'
      const message = `expected a path for each transport of the scenario, got none for ${name}`
      const hint = `write ${name}: /its-path here, or take ${name} out of transports; paths has ${has}`
      return { code: 'E_TARGET_TRANSPORT', where: places.where(['target', 'paths'], 'key'), message, hint }
    }),
  ]
}

function messageProblems({ message, codec, publish }: Given, places: Places): Problem[] {
  if (message !== undefined && codec !== undefined) {
    const hint = 'message has pointers into JSON; codec is a module that reads anything: keep one'
    return [
      {
        code: 'E_VALUE',
        where: places.where(['target', 'codec'], 'key'),
        message: 'expected either message or codec, got both',
        hint,
      },
    ]
  }
  const { time, published } = isMap(message) ? message : ({} as Given)
  if (publish !== undefined && time !== undefined) {
    const hint = 'feedbench publishes on a schedule of its own, from which times follow: remove it'
    const text = `expected no time where feedbench publishes, got ${show(time)}`
    return [{ code: 'E_VALUE', where: places.where(['target', 'message', 'time'], 'key'), message: text, hint }]
  }
  if (publish === undefined && published !== undefined) {
    const hint = 'it is where our publisher says when it sent: name publish, or take time'
    const text = `expected no published where the server publishes by itself, got ${show(published)}`
    return [{ code: 'E_VALUE', where: places.where(['target', 'message', 'published'], 'key'), message: text, hint }]
  }
  return []
}

/** What a schedule of ours decides, a server that publishes by itself decides for itself. */
const OF_A_SCHEDULE = ['arrival', 'payload', 'burst', 'trace', 'speed', 'loop']

/** Keys beside the target that mean nothing where the server publishes by itself. */
export function observedProblems(root: Given, entries: readonly { path: Path; options: Given }[], places: Places): Problem[] {
  const { target, feed, slowReaders } = root
  if (!isMap(target) || target.publish !== undefined) return []
  const keys = isMap(feed) ? OF_A_SCHEDULE.filter((key) => feed[key] !== undefined) : []
  const refused: [path: Path, value: unknown][] = keys.map((key) => [['feed', key], (feed as Given)[key]])
  if (slowReaders !== undefined) refused.push([['slowReaders'], slowReaders])
  // What a client skips on purpose, nobody may ever have seen.
  const latest = entries
    .filter(({ options }) => options.mode === 'latest')
    .map(({ path }): Problem => {
      const message = 'expected mode: all where the server publishes by itself, got "latest"'
      const hint = 'what was skipped could not be told from what was lost: remove it, or name target.publish'
      return { code: 'E_VALUE', where: places.where([...path, 'mode']), message, hint }
    })
  const keysProblems = refused.map(
    ([path, value]): Problem => ({
      code: 'E_VALUE',
      where: places.where(path, 'key'),
      message: `expected no ${path.join('.')} where the server publishes by itself, got ${show(value)}`,
      hint: 'remove it, or name target.publish, so that feedbench publishes on a schedule',
    }),
  )
  return [...keysProblems, ...latest]
}

function publishProblems(publish: unknown, allowRemote: boolean, places: Places): Problem[] {
  if (!isMap(publish)) return []
  const where = places.where(['target', 'publish'], 'key')
  const ways = ['path', 'url', 'websocket'].filter((key) => publish[key] !== undefined)
  const problems: Problem[] = [
    ...urlProblems(publish.url, ['target', 'publish', 'url'], allowRemote, places),
    ...headerProblems(publish.headers, places, ['target', 'publish', 'headers']),
  ]
  if (ways.length !== 1) {
    const message = `expected one of path, url and websocket, got ${ways.length === 0 ? 'none' : ways.join(' and ')}`
    problems.push({
      code: 'E_VALUE',
      where,
      message,
      hint: 'path: /publish where messages are posted, or websocket: /publish-ws',
    })
  }
  for (const key of ['method', 'connections'].filter((name) => publish.websocket !== undefined && publish[name] !== undefined)) {
    const message = `expected no ${key} beside websocket, got ${show(publish[key])}`
    const hint = 'messages go over one WebSocket: remove it, or post them with path'
    problems.push({ code: 'E_VALUE', where: places.where(['target', 'publish', key], 'key'), message, hint })
  }
  return problems
}

function isMap(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

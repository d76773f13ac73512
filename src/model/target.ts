/** A server under test that is not the feed server of the trial, with nothing left to decide. */
export interface PlannedTarget {
  /** `null`: it runs already, and is neither started nor stopped. */
  process: TargetProcess | null
  /** Where its clients go. */
  host: string
  /** `null`: a free one, which the process is told. */
  port: number | null
  ready: TargetReadiness
  /** Of the trial's transport. */
  surface: TargetSurface
  /** How messages get to it; `null`: it publishes by itself. */
  publish: TargetPublish | null
}

const FOR_A_SHELL = /["'`$\\|&;<>()*?[\]~#]/

/** Of a command that is one text; `null` where something in it is for a shell to act on: nothing here does. */
export function commandWords(command: string): string[] | null {
  return FOR_A_SHELL.test(command.replaceAll('{port}', '')) ? null : command.trim().split(/\s+/)
}

export interface TargetProcess {
  /** Program and arguments, without a shell; `{port}` in an argument is the port. */
  command: string[]
  /** Absolute. */
  cwd: string
  /** Beside the environment of the command. `${NAME}` in a value is taken from that when the process is started, so that a secret is in no file. */
  env: Record<string, string>
  /** The variable that says the port. */
  portVariable: string
}

/** When a server counts as ready: it answers `path` with a status below 400, or takes a connection where there is no path. */
export interface TargetReadiness {
  path: string | null
  timeoutUs: number
}

/** What one transport looks like at a server: all that differs from feedbench's own. */
export interface TargetSurface {
  /** Path and query. */
  path: string
  /** Query parameter that takes the cursor; `null`: there is none. */
  cursor: string | null
  /** How answers to polls are read; `null` for a transport that does not ask. */
  poll: PollForm | null
  /** Names of the server-sent events that are messages; `null`: those without a name, and `message`. */
  events: string[] | null
  /** WebSocket subprotocol to ask for. */
  protocol: string | null
  /** The first text that a WebSocket client sends, such as a subscription. */
  send: string | null
}

/** JSON pointers (RFC 6901); `-1` in one is the last element of a list. */
export interface PollForm {
  /** To the list of messages in the body. */
  messages: string
  /** To the cursor of the next poll in the body. */
  next: string
  /** Query parameter that says how long to hold; `null`: the server decides. */
  hold: string | null
  holdUnit: 'ms' | 's'
}

export interface TargetPublish {
  kind: 'post' | 'websocket'
  /** `null`: the server's own. */
  host: string | null
  port: number | null
  path: string
  /** `POST` or `PUT`. */
  method: string
  /** `${NAME}` in a value is taken from the environment when the publisher is started. */
  headers: [name: string, value: string][]
  /** At once; a message that finds none free waits, which is a publish delay. */
  connections: number
}

/** How messages are read and written. */
export interface PlannedCodec {
  /** `feedbench:json`, `feedbench:pointers`, or the file URL of a module. */
  module: string
  /** Of `feedbench:pointers`. */
  pointers: MessagePointers | null
}

/** Where in a JSON message its parts are, as JSON pointers. */
export interface MessagePointers {
  seq: string
  topic: string | null
  /** When it was due, or published by a server that has no schedule of ours. */
  time: string | null
  /** To the `p` of our own message, where a server wraps that: monotonic microseconds. */
  published: string | null
  timeUnit: 'us' | 'ms' | 's'
  clock: 'monotonic' | 'unix'
}

export const JSON_CODEC: PlannedCodec = { module: 'feedbench:json', pointers: null }

/** Whether the target publishes by itself: what there is to expect is then known only from what was seen. */
export function isObserved({ target }: { target: PlannedTarget | null }): boolean {
  return target !== null && target.publish === null
}

/** Where the first scenario goes unless its user says otherwise. */
export const STARTER_FILE = 'feedbench.yaml'

/**
 * A first scenario that explains its keys. `schema`: path of the JSON Schema relative to the scenario, with which editors
 * complete and check it; `null` where there is none to name.
 */
export function starterScenario(schema: string | null): string {
  return `${schema === null ? '' : `# yaml-language-server: $schema=${schema}\n`}${TEXT}`
}

const TEXT = `# A scenario: one feed, offered over several transports and measured over each. Takes about 35 s.
# Every key has its line; what is behind "#" is not in force. feedbench run says what it does not understand, with line and column.

# What reports call it, and the question it asks.
name: first
description: Which transport suits our feed?

# What is published. rate: messages a second (20/s, 90/min). arrival: poisson (independent), periodic (even) or burst.
# payload: size of a whole message, 96B at least.
feed: { rate: 10/s, arrival: poisson, payload: 200B }
# feed: { rate: 10/s, arrival: burst, burst: { size: 10, gap: 0ms } }   # ten at once, then a pause
# feed: { trace: recorded.ndjson, loop: on }    # your own messages instead, a line each: {"at_ms": 12, "topic": "a", "data": {}}

# How many clients receive every message; feedbench doctor says how many this machine can carry.
clients: 100

# What is compared; feedbench list shows all transports with their options.
transports:
  - polling: { interval: 1s }
  # - polling: { interval: 5s }                 # the same transport again, as long as its options differ
  - long-polling
  - sse
  - websocket

# warmup: published, not measured. measure: the window that counts. drain: how long the last messages may take to arrive, or they
# are missing: some polling intervals, for a busy machine. It ends as soon as all have come.
phases: { warmup: 1s, measure: 5s, drain: 3s }

# How many times everything is measured, in an order drawn anew: 1 for a look, 3 or more to name a winner.
rounds: 1

# Limits on the result: one that fails ends the command with 1, for CI. Who (* is all), what, and how much.
thresholds:
  - "*.messages.missing == 0"
  - "websocket.latencyUs.p99 < 250ms"

# connect: { rate: 2000/s, timeout: 30s }       # how fast clients connect, and how long the feed waits for them
# slowReaders: { share: 10%, rate: 20KiB/s }    # every tenth client reads only so much a second; what it does to the others
# headers: browser                              # requests as large as a browser's; minimal (none) without this
# coalesce: on                                  # one socket write for all that is due at once, instead of one a message
# pin: off                                      # without cores of their own for server and drivers
# network: { rtt: 40ms }                        # an emulated link between clients and server; jitter, bandwidth and events too
# target: { command: [node, server.js], publish: /publish }   # your own server instead of feedbench's: docs/targets.md
# gate: { slice: 4s, perSide: 40s }             # feedbench gate lets two servers take turns; a faster feed needs shorter slices: docs/gate.md
# seed: 42                                      # the same order, publish times and poll phases again; drawn without this
# matrix: { clients: [100, 1000], feed.rate: [1/s, 10/s] }   # everything at each combination of these values
`

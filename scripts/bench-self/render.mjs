/** docs/benchmarks.md, from what was measured. */
export function renderBenchmarks({ streams, polls, settings, node, cpu }) {
  const { clients, pairs, seconds } = settings
  return `# What feedbench costs

Written by \`npm run bench:self\`; not edited by hand. Node ${node}, ${cpu}, ${new Date().toISOString().slice(0, 10)}. Each ratio is the median of ${pairs}
pair${pairs === 1 ? '' : 's'} that took turns in one run, each over a window of ${seconds} s; the figures beside it are medians too. Compare ratios, not figures: another machine has others.

## Receiving

CPU of the driver per delivery, 10,000 deliveries a second of 200 bytes, against a receive loop with nothing around it: \`ws\` (or an undici stream and a split at line ends)
and one record in an HDR histogram. feedbench does more for it: bytes, a ledger, six histograms, staleness, the lag of its own loop. It reads with clients of its own.

${table(
  ['transport', 'clients', 'feedbench', 'bare loop', 'ratio'],
  streams.map(({ transport, clients, driverUs, bareDriverUs, driverRatio }) => [
    transport,
    count(clients),
    us(driverUs),
    us(bareDriverUs),
    ratio(driverRatio),
  ]),
)}

## Writing

CPU of the server per delivery, against a loop that writes the same bytes to the same number of sockets and does nothing else.

${table(
  ['transport', 'clients', 'feedbench', 'bare loop', 'ratio'],
  streams.map(({ transport, clients, serverUs, bareServerUs, serverRatio }) => [
    transport,
    count(clients),
    us(serverUs),
    us(bareServerUs),
    ratio(serverRatio),
  ]),
)}

## Polling

CPU of the driver per poll, 2,000 polls a second, each of which brings a message, against a bare loop of undici dispatches whose phases are drawn in the same way, from the same server and feed, that parses its answers and
records them. Beside it a bare socket that does the same, and autocannon at the same rate, whose answers are empty and which sends in bursts.

${table(
  ['clients', 'feedbench', 'undici', 'ratio', 'bare socket', 'autocannon', 'server'],
  polls.map(({ clients, driverUs, undiciUs, driverRatio, socketUs, autocannonUs, serverUs }) => [
    count(clients),
    us(driverUs),
    us(undiciUs),
    ratio(driverRatio),
    us(socketUs),
    us(autocannonUs),
    us(serverUs),
  ]),
)}

## Memory

Resident memory of all drivers when the window ends, and of the server per connection (after a collection, connected and no feed yet; not given below 1,000 connections). A driver has a young generation of
32 MB whatever it does, so that a client's part is what a driver of more clients has more, divided by these.

${table(
  ['transport', 'clients', 'drivers', 'resident, drivers', 'server, per connection'],
  [...streams, ...polls].map(({ transport, clients, drivers, driverRssBytes, serverBytesPerConnection }) => [
    transport,
    count(clients),
    String(drivers),
    `${(driverRssBytes / 1e6).toFixed(0)} MB`,
    serverBytesPerConnection === null ? 'not measured' : `${(serverBytesPerConnection / 1e3).toFixed(1)} kB`,
  ]),
)}

${perClient([...streams, ...polls])}

Verdicts of feedbench's own trials here: ${verdicts([...streams, ...polls])}. Clients: ${clients.map(count).join(', ')}.
`
}

/** Of a driver's memory, between the fewest and the most clients of each transport. */
function perClient(rows) {
  const parts = [...new Set(rows.map(({ transport }) => transport))].map((transport) => {
    const own = rows.filter((row) => row.transport === transport).sort((left, right) => left.clients - right.clients)
    const [fewest, most] = [own[0], own.at(-1)]
    if (fewest.clients === most.clients) return `${transport}: not measured`
    const bytes = (most.driverRssBytes - fewest.driverRssBytes) / (most.clients - fewest.clients)
    return `${transport}: ${(bytes / 1e3).toFixed(1)} kB`
  })
  return `A client of a driver: ${parts.join(', ')}.`
}

function table(heads, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}

function verdicts(rows) {
  const all = rows.flatMap(({ verdicts }) => verdicts)
  return ['valid', 'degraded', 'invalid'].map((status) => `${all.filter((each) => each === status).length} ${status}`).join(', ')
}

const us = (value) => (value === null ? 'not measured' : `${value.toFixed(2)} us`)
const ratio = (value) => (value === null ? 'not measured' : value.toFixed(2))
const count = (value) => value.toLocaleString('en-US')

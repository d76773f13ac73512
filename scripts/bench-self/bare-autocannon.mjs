/**
 * autocannon at the same number of polls a second, which it sends in bursts; every answer is empty, because it cannot follow a cursor. Prints {cpuUs, count, failed}.
 *
 *     node bare-autocannon.mjs '{"port":1234,"clients":100,"seconds":5,"pollsPerSec":2000}'
 */
import autocannon from 'autocannon'

const { port, clients, seconds, pollsPerSec } = JSON.parse(process.argv[2])
const start = process.cpuUsage()
const { errors, timeouts, requests } = await autocannon({
  url: `http://127.0.0.1:${port}/poll`,
  connections: clients,
  overallRate: pollsPerSec,
  duration: seconds + 1,
})
const { user, system } = process.cpuUsage(start)
process.stdout.write(`${JSON.stringify({ cpuUs: user + system, count: requests.total, failed: errors + timeouts })}\n`)
process.exit(0)

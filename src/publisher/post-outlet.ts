import type { Clock } from '../measure/clock.js'
import type { TargetPublish } from '../model/target.js'
import type { CountedSocket } from '../network/counted-socket.js'
import { HttpClient, whole } from '../transports/http-client.js'
import type { Posting, PostResult } from './posting.js'

export interface OutletParts {
  dial(): CountedSocket
  target: { host: string; port: number }
  publish: TargetPublish
  clock: Clock
  /** Told what became of each message, once. */
  onResult(result: PostResult): void
  /** It can take messages again. */
  onFree(): void
}

/** How much of a refusal is quoted. */
const QUOTED_BYTES = 120

/**
 * Sends each message with a request of its own, over as many kept connections as may be busy at once, one request on each. A server that is
 * slow thus holds up nothing until all are busy; messages may then overtake each other.
 */
export class PostOutlet implements Posting {
  readonly name: string
  readonly #parts: OutletParts
  /** The one that was used last is taken first, so that few of them are used as long as few suffice. */
  readonly #idle: HttpClient[] = []
  readonly #clients: HttpClient[] = []
  readonly #headers: string[]
  #inFlight = 0

  constructor(parts: OutletParts) {
    this.#parts = parts
    this.name = parts.publish.method
    const { headers } = parts.publish
    const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type')
    this.#headers = [...(hasType ? [] : ['content-type', 'application/json']), ...headers.flat()]
  }

  get unanswered(): number {
    return this.#inFlight
  }

  canTake(): boolean {
    return this.#idle.length > 0 || this.#clients.length < this.#parts.publish.connections
  }

  publish(text: Buffer, position: number): void {
    const { clock, publish, onResult, onFree } = this.#parts
    const client = this.#idle.pop() ?? this.#open()
    const sentUs = clock.nowUs()
    this.#inFlight++
    const over = (error: string | null) => {
      this.#inFlight--
      this.#idle.push(client)
      onResult({ position, error, roundTripUs: clock.nowUs() - sentUs })
      onFree()
    }
    const response = whole(
      (status, body) => over(status >= 200 && status < 300 ? null : refusal(status, body)),
      (error) => over(error.message),
    )
    client.send(publish.method, publish.path, text, response, this.#headers)
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()))
  }

  #open(): HttpClient {
    const { target, dial } = this.#parts
    const client = new HttpClient({ target, dial, headers: [] })
    this.#clients.push(client)
    return client
  }
}

function refusal(status: number, body: Buffer): string {
  const text = body.toString('utf8', 0, QUOTED_BYTES)
  return `expected a 2xx status, got ${status}${text === '' ? '' : ` with ${JSON.stringify(text)}`}`
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Requests of one connection that may wait behind the one that is being answered. */
export const MOST_WAITING = 100

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/**
 * Answers the requests of a connection one after the other. Node hands over all requests of a chunk at once and keeps their answers: 64 KiB of polls
 * were 1.7 GB of answers for a client that read none of them. Here they wait as requests, and as few.
 */
export class Turns {
  readonly #answer: Answer
  readonly #refuse: Answer
  readonly #waiting = new WeakMap<Socket, number>()

  /** `refuse` answers what comes when enough are waiting, and must end the connection: node stops reading once such answers wait too. */
  constructor(answer: Answer, refuse: Answer) {
    this.#answer = answer
    this.#refuse = refuse
  }

  take(request: IncomingMessage, response: ServerResponse): void {
    if (response.socket !== null) return this.#answer(request, response)
    const { socket } = request
    const waiting = this.#waiting.get(socket) ?? 0
    if (waiting >= MOST_WAITING) return this.#refuse(request, response)
    this.#waiting.set(socket, waiting + 1)
    response.once('socket', () => {
      this.#waiting.set(socket, (this.#waiting.get(socket) ?? 1) - 1)
      this.#answer(request, response)
    })
  }
}

import type { Outlet } from '../feed/publisher.js'

/** What became of a message that was sent. */
export interface PostResult {
  position: number
  /** Why it was not taken; `null`: it was. */
  error: string | null
  roundTripUs: number
}

/** An outlet whose messages cross to another process, which may refuse them. */
export interface Posting extends Outlet {
  canTake(): boolean
  /** Sent, and not answered yet. */
  readonly unanswered: number
  close(): Promise<void>
}

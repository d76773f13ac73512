export interface SseOptions {
  /** One write for all messages of a turn of the server's loop, instead of one each. */
  coalesce: boolean
  /** Between comments that keep an idle connection open, in microseconds. */
  heartbeatUs: number
}

export interface HttpStreamingOptions {
  /** One write for all messages of a turn of the server's loop, instead of one each. */
  coalesce: boolean
}

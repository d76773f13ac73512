export interface WebSocketOptions {
  /** One write for all messages of a turn of the server's loop, instead of one each. */
  coalesce: boolean
  /** permessage-deflate, offered and accepted. */
  compression: boolean
  /** The client's pings, or `null` where it sends none. */
  ping: PingOptions | null
}

export interface PingOptions {
  /** Between a client's pings, in microseconds. */
  intervalUs: number
  /** After a ping, without a byte from the server, the connection counts as lost; in microseconds. */
  timeoutUs: number
}

export interface LongPollingOptions {
  /** How long the server holds a request without a message, in microseconds. */
  holdUs: number
}

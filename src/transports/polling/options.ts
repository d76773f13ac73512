export interface PollingOptions {
  /** Between the polls of one client, in microseconds. */
  intervalUs: number
  /** `all`: every message since the last poll; `latest`: the newest only. */
  mode: 'all' | 'latest'
}

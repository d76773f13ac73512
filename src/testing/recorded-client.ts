/** Shipped with the contract suite. */
export { RecordedClient } from '../transports/contract/recorded-client.js'

/** What the contract suite stands on is shipped with it; tests of one transport stand on the same. */
export { pause, until } from '../transports/contract/patience.js'
export { TransportSite } from '../transports/contract/site.js'

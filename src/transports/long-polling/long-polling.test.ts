import { describeTransport } from '../contract.js'
import { longPolling } from './descriptor.js'

describeTransport(longPolling)
describeTransport(longPolling, { options: { hold: '2ms' } })

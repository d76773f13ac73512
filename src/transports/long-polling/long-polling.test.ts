import { describeTransport } from '../../testing/describe-transport.js'
import { longPolling } from './descriptor.js'

describeTransport(longPolling)
describeTransport(longPolling, { options: { hold: '2ms' } })

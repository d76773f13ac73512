import { describeTransport } from '../../testing/describe-transport.js'
import { polling } from './descriptor.js'

describeTransport(polling, { options: { interval: '10ms' } })
describeTransport(polling, { options: { interval: '3ms' } })

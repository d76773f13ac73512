import { describeTransport } from '../../testing/describe-transport.js'
import { sse } from './descriptor.js'

describeTransport(sse)
describeTransport(sse, { options: { coalesce: 'on' } })

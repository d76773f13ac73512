import { describeTransport } from '../contract.js'
import { sse } from './descriptor.js'

describeTransport(sse)
describeTransport(sse, { options: { coalesce: 'on' } })

import { describeTransport } from '../../testing/describe-transport.js'
import { httpStreaming } from './descriptor.js'

describeTransport(httpStreaming)
describeTransport(httpStreaming, { options: { coalesce: 'on' } })

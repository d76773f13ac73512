import { describeTransport } from '../contract.js'
import { httpStreaming } from './descriptor.js'

describeTransport(httpStreaming)
describeTransport(httpStreaming, { options: { coalesce: 'on' } })

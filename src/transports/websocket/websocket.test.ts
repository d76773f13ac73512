import { describeTransport } from '../../testing/describe-transport.js'
import { websocket } from './descriptor.js'

describeTransport(websocket)
describeTransport(websocket, { options: { compression: 'on' } })
describeTransport(websocket, { options: { coalesce: 'on' } })

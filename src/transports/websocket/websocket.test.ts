import { describeTransport } from '../../testing/describe-transport.js'
import { websocket } from './descriptor.js'

describeTransport(websocket)
describeTransport(websocket, { options: { compression: 'on' } })
describeTransport(websocket, { options: { coalesce: 'on' } })
describeTransport(websocket, { options: { ping: '20ms', pingTimeout: '5s' } })

import { describeTransport } from '../contract.js'
import { websocket } from './descriptor.js'

describeTransport(websocket)

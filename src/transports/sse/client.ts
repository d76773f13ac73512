import { openEndless } from '../endless-response.js'
import type { OpenClient } from '../transport.js'
import type { SseOptions } from './options.js'
import { SseParser } from './parser.js'

/** Reads an event stream, and comes back with `Last-Event-ID` as a browser does. */
export const open: OpenClient<SseOptions> = (context, sink) =>
  openEndless(context, sink, {
    path: '/events',
    headers: ['accept', 'text/event-stream', ...(context.after === null ? [] : ['last-event-id', String(context.after)])],
    parser: (onMessage) => new SseParser((data) => onMessage(data)),
  })

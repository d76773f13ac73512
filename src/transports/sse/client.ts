import type { TargetSurface } from '../../model/target.js'
import { openEndless } from '../endless-response.js'
import { streamPath } from '../surface.js'
import type { ClientContext, ClientSink, OpenClient, Session } from '../transport.js'
import { NamedEventParser } from './named-event-parser.js'
import type { SseOptions } from './options.js'
import { SseParser } from './parser.js'

/** Reads an event stream, and comes back with `Last-Event-ID` as a browser does. */
export const open: OpenClient<SseOptions> = (context, sink) => {
  if (context.surface !== undefined) return openForeign(context, sink, context.surface)
  return openEndless(context, sink, {
    path: '/events',
    headers: ['accept', 'text/event-stream', ...(context.after === null ? [] : ['last-event-id', String(context.after)])],
    parser: (onMessage) => new SseParser((data) => onMessage(data)),
  })
}

/** At another server an id may be no seq, or be missing: what comes back is the last that was seen, as in a browser. */
function openForeign(context: ClientContext<SseOptions>, sink: ClientSink, surface: TargetSurface): Session {
  const key = `last event id of ${context.index}`
  const lastId = context.shared.get(key)
  return openEndless(context, sink, {
    path: streamPath(surface, context.after),
    headers: ['accept', 'text/event-stream', ...(typeof lastId === 'string' ? ['last-event-id', lastId] : [])],
    parser: (onMessage) => new NamedEventParser(surface.events, onMessage, (id) => context.shared.set(key, id)),
  })
}

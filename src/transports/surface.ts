import type { PollForm, TargetSurface } from '../model/target.js'

const NO_POLL = { poll: null, events: null, protocol: null, send: null } as const
const OWN_POLL: PollForm = { messages: '/messages', next: '/next', hold: null, holdUnit: 'ms' }

/** What the transports that come with feedbench look like at its own server. */
export const OWN_SURFACES = {
  polling: { ...NO_POLL, path: '/poll', cursor: 'after', poll: OWN_POLL },
  'long-polling': { ...NO_POLL, path: '/long-poll', cursor: 'after', poll: { ...OWN_POLL, hold: 'hold' } },
  'http-streaming': { ...NO_POLL, path: '/stream', cursor: 'after' },
  sse: { ...NO_POLL, path: '/events', cursor: null },
  websocket: { ...NO_POLL, path: '/ws', cursor: 'after' },
} as const satisfies Record<string, TargetSurface>

/** A path with these beside the parameters that it has: `name=value` each, nothing for none. */
export function withParameters(path: string, parameters: readonly string[]): string {
  const given = parameters.filter((parameter) => parameter !== '').join('&')
  if (given === '') return path
  return `${path}${path.includes('?') ? '&' : '?'}${given}`
}

/** The path of a stream, which resumes after a seq where the server has a parameter for it. */
export function streamPath({ path, cursor }: TargetSurface, after: number | null): string {
  return withParameters(path, after === null || cursor === null ? [] : [`${cursor}=${after}`])
}

import { ANSWER_DEADLINE_MS } from './deadlines.js'
import type { Member } from './fleet.js'

/** Resolves to the port that a member listens on from now. */
export async function listen(member: Member): Promise<number> {
  return ((await member.request('listen', null, ANSWER_DEADLINE_MS)) as { port: number }).port
}

export async function settledRss(server: Member): Promise<{ rssBytes: number; connections: number }> {
  return (await server.request('settled-rss', null, ANSWER_DEADLINE_MS)) as { rssBytes: number; connections: number }
}

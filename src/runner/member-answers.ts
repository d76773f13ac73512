import type { Member } from './fleet.js'

/** Where nothing of the load decides how long an answer may take. */
export const ANSWER_DEADLINE_MS = 30_000

/** Resolves to the port that a member listens on from now. */
export async function listen(member: Member): Promise<number> {
  return ((await member.request('listen', null, ANSWER_DEADLINE_MS)) as { port: number }).port
}

export async function settledRss(server: Member): Promise<{ rssBytes: number; connections: number }> {
  return (await server.request('settled-rss', null, ANSWER_DEADLINE_MS)) as { rssBytes: number; connections: number }
}

import type { Problem } from '../model/errors.js'
import type { Json } from '../model/role.js'

/**
 * Of what members of this version understand. A gate has servers of two versions, and their runner has to know that both understand it: to be raised with every change
 * of what a server is told or hands in. 1: feeds that run in slices.
 */
export const MEMBER_PROTOCOL = 1

/** What runner and members say to each other over a channel. */
export type ToMember =
  | { kind: 'launch'; role: string; spec: Json; title: string; lifetimeMs: number }
  | { kind: 'request'; id: number; method: string; params: Json }
  | { kind: 'barrier'; id: number; name: string; atUs: number }
  | { kind: 'stop' }

export type FromMember =
  | { kind: 'ready'; protocol?: number }
  | { kind: 'answer'; id: number; result: Json }
  | { kind: 'failure'; id: number | null; problems: Problem[] | null; message: string; stack: string | null }
  | { kind: 'event'; event: string; data: Json }

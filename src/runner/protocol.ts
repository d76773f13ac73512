import type { Problem } from '../model/errors.js'
import type { Json } from '../model/role.js'

/** What runner and members say to each other over a channel. */
export type ToMember =
  | { kind: 'launch'; role: string; spec: Json; title: string; lifetimeMs: number }
  | { kind: 'request'; id: number; method: string; params: Json }
  | { kind: 'barrier'; id: number; name: string; atUs: number }
  | { kind: 'stop' }

export type FromMember =
  | { kind: 'ready' }
  | { kind: 'answer'; id: number; result: Json }
  | { kind: 'failure'; id: number | null; problems: Problem[] | null; message: string; stack: string | null }
  | { kind: 'event'; event: string; data: Json }

/** JSON: all that crosses between processes. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined }

/**
 * What a process of a run does, seen from outside: it answers requests until it is stopped.
 * The runner reaches a role only through a `Member` of a `Fleet`, so that it may live in another process or on another machine.
 */
export interface Role {
  request(method: string, params: Json): Promise<Json>
  /** Called at a moment that all members share, such as the start of a window. */
  barrier(name: string): void
  stop(): Promise<void>
}

export type Emit = (event: string, data: Json) => void

/** Builds a role from its specification; `emit` sends events to the runner. */
export type RoleFactory = (spec: Json, emit: Emit) => Promise<Role>

export type RoleName = 'server' | 'driver' | 'pair-driver' | 'publisher' | 'relay' | 'link-probe' | 'target'

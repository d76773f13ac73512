import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { loadCodec, POINTER_CODEC } from '../feed/codecs.js'
import { FeedbenchError, type Problem } from '../model/errors.js'
import type { ScenarioTarget } from '../model/scenario.js'
import { commandWords, JSON_CODEC, type PlannedCodec, type TargetPublish, type TargetSurface } from '../model/target.js'
import { OWN_SURFACES } from '../transports/surface.js'
import { type Places, show } from './problems.js'
import { hostOf } from './target-host.js'
import type { TargetInput } from './target-schema.js'

/** The target in the form of a plan. Call it only where there are no problems. `file`: of the scenario, to which paths are relative. */
export function toTarget(input: TargetInput, file: string): ScenarioTarget | null {
  if (input === undefined) return null
  const address = input.url === undefined ? null : hostOf(input.url)
  return {
    process:
      input.command === undefined
        ? null
        : {
            command: typeof input.command === 'string' ? (commandWords(input.command) ?? []) : input.command,
            cwd: resolve(dirname(file), input.cwd ?? '.'),
            env: texts(input.env),
            portVariable: input.portVariable,
          },
    host: address?.host ?? '127.0.0.1',
    port: address?.port ?? null,
    ready: { path: input.ready ?? null, timeoutUs: input.readyTimeout },
    surfaces: surfacesOf(input.paths),
    publish: input.publish === undefined ? null : publishOf(input.publish),
  }
}

export function toCodec(input: TargetInput, file: string): PlannedCodec {
  if (input?.codec !== undefined) return { module: codecModule(input.codec, file), pointers: null }
  if (input?.message === undefined) return JSON_CODEC
  const { seq, topic = null, time = null, timeUnit, clock, published = null } = input.message
  return { module: POINTER_CODEC, pointers: { seq, topic, time, timeUnit, clock, published } }
}

/** A codec's module is loaded once while the scenario is read, so that a mistake in it is one of the scenario's. */
export async function codecProblems(target: unknown, file: string, places: Places): Promise<Problem[]> {
  const { codec } = (typeof target === 'object' && target !== null ? target : {}) as Record<string, unknown>
  if (typeof codec !== 'string' || codec === '') return []
  try {
    await loadCodec({ module: codecModule(codec, file), pointers: null })
    return []
  } catch (error) {
    if (!(error instanceof FeedbenchError)) throw error
    const where = places.where(['target', 'codec'])
    return error.problems.map((problem) => ({ ...problem, where, message: `${problem.message} (${show(codec)})` }))
  }
}

function codecModule(codec: string, file: string): string {
  return codec.startsWith('file:') ? codec : pathToFileURL(resolve(dirname(file), codec)).href
}

function surfacesOf(paths: NonNullable<TargetInput>['paths']): Record<string, TargetSurface> {
  if (paths === undefined) return { ...OWN_SURFACES }
  const surfaces: Record<string, TargetSurface> = {}
  for (const [name, given] of Object.entries(paths)) {
    if (given === undefined) continue
    surfaces[name] = surfaceOf(name, typeof given === 'string' ? { path: given } : given)
  }
  return surfaces
}

interface GivenSurface {
  path: string
  cursor?: string | undefined
  messages?: string
  next?: string
  hold?: string | undefined
  holdUnit?: 'ms' | 's'
  events?: string[] | undefined
  protocol?: string | undefined
  send?: string | undefined
}

function surfaceOf(name: string, given: GivenSurface): TargetSurface {
  const polls = name === 'polling' || name === 'long-polling'
  return {
    path: given.path,
    cursor: given.cursor ?? (polls ? 'after' : null),
    poll: polls
      ? {
          messages: given.messages ?? '/messages',
          next: given.next ?? '/next',
          hold: given.hold ?? null,
          holdUnit: given.holdUnit ?? 'ms',
        }
      : null,
    events: given.events ?? null,
    protocol: given.protocol ?? null,
    send: given.send ?? null,
  }
}

const POSTED = { host: null, port: null, method: 'POST', headers: [], connections: 1 } as const

function publishOf(given: NonNullable<NonNullable<TargetInput>['publish']>): TargetPublish {
  if (typeof given === 'string') return { ...POSTED, kind: 'post', path: given, headers: [] }
  const { method, connections } = given
  const headers = Object.entries(given.headers).map(([name, value]): [string, string] => [name, String(value)])
  if (given.websocket !== undefined)
    return { ...POSTED, kind: 'websocket', path: given.websocket, method: 'GET', headers, connections: 1 }
  const address = given.url === undefined ? null : hostOf(given.url)
  return {
    kind: 'post',
    host: address?.host ?? null,
    port: address?.port ?? null,
    path: given.path ?? address?.path ?? '/',
    method,
    headers,
    connections,
  }
}

function texts(values: Record<string, string | number | boolean>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
}

import { expect } from 'vitest'

/** A scenario of half a second, as a program writes one. */
export const QUICK = {
  name: 'inline',
  feed: { rate: '40/s', arrival: 'periodic', payload: '200B' },
  clients: 5,
  transports: ['websocket'],
  phases: { warmup: '100ms', measure: '300ms', drain: '10s' },
}

/** How a run failed; a run that does not fail is a mistake of the test. */
export async function failureOf(running: Promise<unknown>): Promise<unknown> {
  return running.then(
    () => expect.unreachable('it ran to its end'),
    (error: unknown) => error,
  )
}

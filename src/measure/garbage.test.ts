import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, expect, test } from 'vitest'
import { collectGarbage } from './garbage.js'

const global = globalThis as { gc?: (() => void) | undefined }
const own = global.gc

afterEach(() => {
  global.gc = own
})

test('what nobody holds any more is gone afterwards, where the process may collect', async () => {
  setFlagsFromString('--expose-gc')
  global.gc = runInNewContext('gc') as () => void
  const [dropped, held] = [droppedObject(), { name: 'held' }]
  const stillThere = new WeakRef(held)
  await turn()
  collectGarbage()
  expect(dropped.deref()).toBeUndefined()
  expect(stillThere.deref()).toBe(held)
})

test('a process that may not collect goes on', () => {
  global.gc = undefined
  expect(() => collectGarbage()).not.toThrow()
})

/** Made in a call of its own, so that no register holds it. */
function droppedObject(): WeakRef<object> {
  return new WeakRef({ name: 'dropped' })
}

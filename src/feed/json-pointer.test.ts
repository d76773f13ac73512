import { expect, test } from 'vitest'
import { parsePointer, valueAt } from './json-pointer.js'

const at = (root: unknown, pointer: string) => valueAt(root, parsePointer(pointer) ?? ['nowhere'])

test.each<[string, unknown]>([
  ['', { a: 1 }],
  ['/a', 1],
  ['/list/0', 'first'],
  ['/list/-1', 'last'],
  ['/list/-1/0', undefined],
  ['/list/2', undefined],
  ['/list/01', undefined],
  ['/a~1b', 'slash'],
  ['/a~0b', 'tilde'],
  ['/', 'empty'],
  ['/none/of/these', undefined],
  ['/a/b', undefined],
  ['/toString', undefined],
])('a pointer %j leads to what it names, and nowhere else', (pointer, expected) => {
  const root = { a: 1, list: ['first', 'last'], 'a/b': 'slash', 'a~b': 'tilde', '': 'empty' }
  expect(at(root, pointer)).toEqual(pointer === '' ? root : expected)
})

test.each(['a', 'a/b', '/a~', '/a~2'])('%j is no pointer', (text) => {
  expect(parsePointer(text)).toBeUndefined()
})

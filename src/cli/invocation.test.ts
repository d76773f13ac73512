import { describe, expect, it } from 'vitest'
import { howToStart, quoted, type Started } from './invocation.js'

const checkout: Started = {
  script: '/home/me/feedbench/dist/main.js',
  root: '/home/me/feedbench/',
  cwd: '/home/me/feedbench',
  env: {},
}
const npm = { npm_lifecycle_event: 'feedbench', npm_package_json: '/home/me/feedbench/package.json' }

describe('what starts feedbench again', () => {
  it.each<[string, Partial<Started>, string]>([
    ['npm in a checkout', { env: npm }, 'npm run --silent feedbench --'],
    ['node in a checkout', {}, 'node dist/main.js'],
    ['node from elsewhere', { cwd: '/home/me/other' }, 'node ../feedbench/dist/main.js'],
    ['node on a path with spaces', { script: '/home/me/my work/dist/main.js' }, "node '../my work/dist/main.js'"],
    ['npx in a project', { script: '/home/me/shop/node_modules/.bin/feedbench' }, 'npx feedbench'],
    [
      'a script of a project, which is no checkout',
      { script: '/home/me/shop/node_modules/.bin/feedbench', env: { ...npm, npm_package_json: '/home/me/shop/package.json' } },
      'npx feedbench',
    ],
    ['a global installation', { script: '/usr/local/bin/feedbench' }, 'feedbench'],
  ])('by %s', (_, parts, expected) => {
    expect(howToStart({ ...checkout, ...parts })).toBe(expected)
  })
})

it('quotes what a shell would take for more than a word', () => {
  expect(['a.yaml', 'my file.yaml', "it's", '$HOME', 'a;b'].map(quoted)).toEqual([
    'a.yaml',
    "'my file.yaml'",
    "'it'\\''s'",
    "'$HOME'",
    "'a;b'",
  ])
})

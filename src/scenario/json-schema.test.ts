import { readdirSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { scenarioText } from '../testing/scenarios.js'
import { scenarioJsonSchema } from './json-schema.js'
import { loadScenario } from './read.js'

const folder = new URL('../../scenarios/', import.meta.url)
const shipped = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
const publishedFolder = new URL('published/', folder)
const published = readdirSync(publishedFolder)
const validate = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true }).compile(
  scenarioJsonSchema(),
)

describe('the JSON Schema', () => {
  it('in docs/ is in step with the code (npm run schemas)', () => {
    const file = readFileSync(new URL('../../docs/schema/scenario.schema.json', import.meta.url), 'utf8')
    expect(JSON.parse(file)).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())))
  })

  it('describes every key', () => {
    const undescribed: string[] = []
    const walk = (schema: unknown, path: string) => {
      if (typeof schema !== 'object' || schema === null) return
      for (const [key, inner] of Object.entries((schema as { properties?: object }).properties ?? {})) {
        if (typeof (inner as { description?: unknown }).description !== 'string') undescribed.push(`${path}.${key}`)
      }
      for (const [key, inner] of Object.entries(schema)) walk(inner, `${path}.${key}`)
    }
    walk(scenarioJsonSchema(), '')
    expect(undescribed).toEqual([])
  })

  it.each([
    ['a key that is unknown', { zzz: '1' }],
    ['a rate without a unit', { feed: '{ rate: 5 }' }],
    ['a feed without a rate', { feed: '{ payload: 200B }' }],
    ['a transport that is unknown', { transports: '[carrier-pigeon]' }],
    ['an option that is unknown', { transports: '[{ polling: { x: 1s } }]' }],
    ['no clients', { clients: null }],
  ])('refuses %s', (_, parts) => {
    expect(validate(parse(scenarioText(parts)))).toBe(false)
  })

  it('accepts plug-ins', () => {
    const text = scenarioText({ transports: '[./mine.mjs, { ../theirs.mjs: { depth: 3 } }, { polling: }]' })
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true)
  })
})

describe('published results as scenarios', () => {
  it('are there, one a source', () => {
    expect(published.sort()).toEqual(
      [
        'aquil',
        'bozdag',
        'centrifugo',
        'half-open',
        'hashrocket',
        'johannessen',
        'lubbers-greco',
        'rfc6202',
        'socketio-memory',
        'tangen',
        'websockets-deflate',
        'wrk2',
      ].map((name) => `${name}.yaml`),
    )
  })

  it.each(published)('%s is valid, for editors too, and has its source', async (name) => {
    const text = readFileSync(new URL(name, publishedFolder), 'utf8')
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true)
    const scenario = await loadScenario(new URL(name, publishedFolder).pathname)
    expect(scenario.name).toBe(name.replace('.yaml', ''))
    expect(scenario.published?.source).toMatch(/\S{3}/)
    expect(scenario.published?.figures.some((figure) => figure.published !== null)).toBe(true)
    const [schema, question] = text.split('\n')
    expect(schema).toBe('# yaml-language-server: $schema=../../docs/schema/scenario.schema.json')
    expect(question).toMatch(/^# .*\?/)
  })
})

describe('scenarios that are shipped', () => {
  it('are there', () => {
    expect(shipped.sort()).toEqual(
      [
        'distance',
        'gate',
        'quick',
        'ticker',
        'steady',
        'burst',
        'idle',
        'thousands',
        'ten-thousand',
        'rare-updates',
        'polling-intervals',
        'slow-readers',
      ]
        .map((name) => `${name}.yaml`)
        .sort(),
    )
  })

  it.each(shipped)('%s is valid, for editors too, and says what it asks', async (name) => {
    const text = readFileSync(new URL(name, folder), 'utf8')
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true)
    expect((await loadScenario(new URL(name, folder).pathname)).name).toBe(name.replace('.yaml', ''))
    const [schema, question] = text.split('\n')
    expect(schema).toBe('# yaml-language-server: $schema=../docs/schema/scenario.schema.json')
    expect(question).toMatch(/^# .*\?/)
  })

  it.each(shipped)('%s takes five minutes at most', async (name) => {
    const { loadPoints, labels, rounds } = await loadScenario(new URL(name, folder).pathname)
    const startSeconds = 1.5
    const seconds = loadPoints.reduce((sum, { scenario: { phases, clients, connect } }) => {
      // A drain ends when everything has arrived; only polling needs more than a moment of it.
      const perTrial =
        (phases.warmupUs + phases.measureUs + phases.drainUs / 2) / 1e6 + clients / connect.ratePerSec + startSeconds
      return sum + perTrial * labels.length * rounds
    }, 0)
    expect(seconds).toBeLessThan(300)
  })
})

import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { buildResult } from '../testing/builders.js'
import { planFileSchema, resultJsonSchema, resultSchema } from './schema.js'

const result = buildResult({
  rounds: 2,
  loadPoints: [{ clients: 100, ratePerSec: 5, payloadBytes: null, 'polling.interval': '1s' }],
})

test('a result is read as it is, with the axes of its load points', () => {
  expect(resultSchema.parse(result)).toEqual(result)
})

test('a plan file has the plan and what the run knows of itself', () => {
  const { plan, feedbench, environment } = result
  expect(planFileSchema.parse({ ...plan, feedbench, environment })).toEqual({ ...plan, feedbench, environment })
  expect(planFileSchema.safeParse(plan).success).toBe(false)
})

test('the published JSON Schema is the one of this version', async () => {
  const published = await readFile(new URL('../../docs/schema/result.schema.json', import.meta.url), 'utf8')
  expect(JSON.parse(published), 'npm run schemas writes it anew').toEqual(resultJsonSchema())
})

test('another validator takes a result by the JSON Schema, and refuses what is none', () => {
  const isResult = new Ajv2020({ strict: false, validateFormats: false }).compile(resultJsonSchema())
  expect(isResult(result), JSON.stringify(isResult.errors)).toBe(true)
  expect(isResult({ ...result, surplus: 1 })).toBe(false)
  expect(isResult({ ...result, trials: [{ ...result.trials[0], messages: { delivered: -1 } }] })).toBe(false)
  const { 'latencyUs.p50': _, ...metrics } = result.summary.rows[0]!.metrics
  expect(isResult({ ...result, summary: { ...result.summary, rows: [{ ...result.summary.rows[0], metrics }] } })).toBe(false)
})

// Writes the JSON Schemas from the compiled modules: npm run schemas
import { mkdirSync, writeFileSync } from 'node:fs'
import { resultJsonSchema } from '../dist/results/schema.js'
import { scenarioJsonSchema } from '../dist/scenario/json-schema.js'

const folder = new URL('../docs/schema/', import.meta.url)
const write = (name, schema) => writeFileSync(new URL(name, folder), `${JSON.stringify(schema, null, 2)}\n`)

mkdirSync(folder, { recursive: true })
write('scenario.schema.json', scenarioJsonSchema())
write('result.schema.json', resultJsonSchema())

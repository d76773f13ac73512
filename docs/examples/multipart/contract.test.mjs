import test from 'node:test'
import { transportContract } from 'feedbench/transport'
import multipart from './transport.mjs'

for (const { name, skip, run } of transportContract(multipart)) test(name, { skip }, run)

import { expect, test } from 'vitest'
import { buildGate, REGRESSED } from '../testing/gates.js'
import { renderGate } from './gate.js'

const failed = buildGate({
  labels: ['sse', 'websocket'],
  alter: ({ label, metric }) => {
    if (label === 'sse' && metric === 'latencyUs.p50') return REGRESSED
    return label === 'websocket' && metric === 'latencyUs.p90'
      ? { outcome: 'inconclusive', settledBy: 'about 3 more rounds' }
      : {}
  },
  verdict: {
    status: 'fail',
    exitCode: 1,
    why: 'sse latencyUs.p50 is 12 % worse (margin 5 %, adjusted p 0.002), after 12 rounds',
    replaced: 1,
  },
})

test('a gate that fails, at a terminal', async () => {
  const text = renderGate(failed, { colour: false, width: 100 })
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100)
  await expect(text).toMatchFileSnapshot('goldens/gate-fail-100.txt')
})

test('says what was lost, and that both sides are the same build', () => {
  const gate = buildGate({
    labels: ['sse'],
    verdict: { ledgers: [{ label: 'sse', kind: 'missing', baseline: 0, candidate: 3, status: 'fail' }] },
  })
  const text = renderGate({ ...gate, sides: { ...gate.sides, candidate: gate.sides.baseline } }, { colour: false, width: 80 })
  expect(text).toContain('sse: 3 missing for 0 of the baseline')
  expect(text).toContain('(A/A)')
  expect(renderGate(gate, { colour: false, width: 80 })).not.toContain('(A/A)')
})

test('nothing of a gate moves the cursor', () => {
  const evil = '\u001b[2J\u202e'
  const gate = buildGate({ labels: [evil], name: evil, verdict: { why: evil } })
  expect(renderGate(gate, { colour: false, width: 80 })).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u)
})

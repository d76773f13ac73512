import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { buildReason, buildResult, buildVerdict, LOAD, type ResultParts } from '../testing/builders.js'
import { renderTerminal } from './terminal.js'

const THRESHOLDS = ['websocket.latencyUs.p99 < 100ms', '*.messages.missing == 0']
const AXIS = 'transports.polling.interval'

const LOSS = {
  code: 'EVICTED',
  severity: 'finding',
  message: 'Messages had left the log before 2 clients asked for them.',
  evidence: { evicted: 12 },
} as const
const OTHERS = {
  code: 'CPU_OTHERS',
  severity: 'degraded',
  message: 'Other programs used the processor.',
  evidence: { cpuOthersShare: 0.31 },
} as const

const CASES: Record<string, ResultParts> = {
  'one-round': {
    thresholds: THRESHOLDS,
    scenario: { description: 'How late, how heavy and how lossy is each transport on this machine?' },
  },
  'three-rounds': { rounds: 3, thresholds: [...THRESHOLDS, 'sse.server.cpuUsPerMessage < 20us'] },
  invalid: {
    rounds: 3,
    thresholds: THRESHOLDS,
    alter: ({ label, round, messages, load }) => {
      if (label === 'polling') {
        const evidence = { lagUsP99: 3_900 + 200 * round, transitUsP99: 9_500, share: 0.41 }
        return { verdict: buildVerdict(buildReason({ evidence })) }
      }
      if (label === 'long-polling' && round === 2) return { verdict: buildVerdict(buildReason({ ...OTHERS })) }
      if (label === 'sse' && round === 3) return { verdict: buildVerdict(buildReason()) }
      if (label !== 'http-streaming') return {}
      const missing = 12 * round
      const delivered = messages.scheduled * load.clients - missing
      return {
        messages: { ...messages, missing, delivered },
        verdict: buildVerdict(buildReason({ ...LOSS, evidence: { evicted: missing } })),
      }
    },
  },
  matrix: {
    labels: ['polling(interval=1s, mode=latest)', 'polling(interval=250ms, mode=all)', 'sse', 'websocket'],
    loadPoints: [
      { ...LOAD, clients: 100, [AXIS]: '250ms' },
      { ...LOAD, clients: 1_000, ratePerSec: 5, [AXIS]: '1s' },
    ],
    rounds: 2,
    thresholds: ['polling.latencyUs.p50 <= 600ms', 'websocket.bytes.perMessage < 190B', 'sse.latencyUs.p75 < 10ms'],
    finished: 13,
    endedEarly: 'interrupted',
  },
}

test.each(Object.keys(CASES).flatMap((name) => [120, 80].map((width) => [name, width] as const)))(
  '%s, %i columns',
  async (name, width) => {
    const text = renderTerminal(buildResult(CASES[name]), { colour: false, width })
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width)
    await expect(text).toMatchFileSnapshot(`goldens/terminal-${name}-${width}.txt`)
  },
)

test('colour adds nothing but colour', () => {
  const result = buildResult(CASES.invalid)
  const coloured = renderTerminal(result, { colour: true, width: 120 })
  expect(coloured).toContain('\u001b[31m')
  const bare = (text: string): string[] => text.split('\n').map((line) => line.trimEnd())
  expect(bare(stripVTControlCharacters(coloured))).toEqual(bare(renderTerminal(result, { colour: false, width: 120 })))
})

test('a cell that did not run says so, and has no figures', () => {
  const text = renderTerminal(buildResult({ labels: ['sse', 'websocket'], finished: 1, endedEarly: 'the server died' }), {
    colour: false,
    width: 120,
  })
  expect(text).toMatch(/^! websocket( +-){10} +not run$/m)
  expect(text).toContain('No winner in any column: websocket was not measured')
  expect(text).toContain('Ended early: the server died. 1 of 2 trials finished.')
})

test('columns stay in line beside labels of wide characters', () => {
  const lines = renderTerminal(buildResult({ labels: ['漢字漢字', 'sse'] }), { colour: false, width: 120 }).split('\n')
  const wide = lines.find((line) => line.includes('漢字')) ?? ''
  const narrow = lines.find((line) => line.startsWith('  sse')) ?? ''
  expect(narrow.length - wide.length).toBe(4)
})

import { expect, test } from 'vitest'
import { type Listing, renderList } from './list.js'

const NOTHING = { pull: false, hold: false, push: false, publish: false, ack: false, resume: false, multiplexed: false }

const LISTING: Listing = {
  scenarios: [
    { file: 'scenarios/quick.yaml', name: 'quick', question: 'How late, heavy and lossy is each transport here?' },
    { file: 'scenarios/mine.yaml', name: 'mine\u001b[2J', question: null },
  ],
  published: [
    { file: 'scenarios/published/aquil.yaml', name: 'published/aquil', question: 'Bytes?' },
    { file: 'scenarios/published/wrk2.yaml', name: 'published/wrk2', question: 'A stall?' },
  ],
  transports: [
    {
      name: 'polling',
      summary: 'a request at a fixed interval, answered at once',
      options: [
        { name: 'interval', default: '1s', description: 'Between the polls of one client, such as 250ms' },
        { name: 'mode', default: 'all', description: 'all: every message since the last poll; latest: the newest only' },
      ],
      capabilities: { ...NOTHING, pull: true, resume: true },
    },
    { name: 'websocket', summary: 'a text message each', options: [], capabilities: { ...NOTHING, push: true } },
  ],
}

test('says what each scenario asks and what each transport takes', () => {
  expect(renderList(LISTING, { colour: false })).toBe(
    `Scenarios, each run by its name: feedbench run <name>
  quick          How late, heavy and lossy is each transport here?
  mine\\u{1b}[2J  scenarios/mine.yaml

Published results, each measured again by its name: feedbench run published/<name>
  aquil, wrk2

Transports
  polling    a request at a fixed interval, answered at once
             client asks, resumes where it left off
             interval: 1s  Between the polls of one client, such as 250ms
             mode: all     all: every message since the last poll; latest: the newest only
  websocket  a text message each
             server pushes
`,
  )
})

test('says that there are no scenarios', () => {
  expect(renderList({ scenarios: [], published: [], transports: [] }, { colour: false })).toContain('none here')
})

import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LiveTrial, LiveView } from '../model/live.js'
import { buildFinished, buildLiveView } from '../testing/live-view.js'
import { type LiveOptions, renderFinished, renderLive } from './live.js'

const PLAIN: LiveOptions = { colour: false, unicode: true, width: 100, height: 40 }
const view = buildLiveView()

/** As it stands at a terminal: what has finished, and below it what goes on. */
function screen(shown: LiveView, options: LiveOptions): string {
  const finished = shown.finished.map((trial) => renderFinished(trial, shown, options))
  return `${[...finished, ...renderLive(shown, options)].join('\n')}\n`
}

function during(parts: Partial<LiveTrial>, of: Partial<LiveView> = {}): string {
  return renderLive(buildLiveView({ ...of, now: { ...(view.now as LiveTrial), ...parts } }), PLAIN).join('\n')
}

test.each([60, 80, 100, 120, 200])('a run at %i columns', async (width) => {
  await expect(screen(view, { ...PLAIN, width })).toMatchFileSnapshot(`goldens/live-${width}.txt`)
})

test('a run at a terminal that has ASCII alone', async () => {
  const text = screen(view, { ...PLAIN, unicode: false })
  await expect(text).toMatchFileSnapshot('goldens/live-ascii.txt')
  expect(text).toMatch(/^[\x20-\x7e\n]*$/)
})

test('colour adds nothing but colour', () => {
  const painted = screen(view, { ...PLAIN, colour: true })
  expect(painted).not.toBe(screen(view, PLAIN))
  expect(stripVTControlCharacters(painted)).toBe(screen(view, PLAIN))
})

test('a low terminal has the trial that goes on before the courses of others', () => {
  const lines = renderLive(view, { ...PLAIN, height: 10 })
  expect(lines).toHaveLength(9)
  expect(lines.at(-1)).toContain('sse')
  expect(renderLive(view, { ...PLAIN, height: 7 })).toHaveLength(6)
})

describe('what is not known', () => {
  test('of the server is said to be so', () => {
    expect(during({ serverLoad: null })).toContain(
      'load        server not known here, driver 1 34.0 %, driver 2 30.0 % of a core',
    )
  })

  test('is a dash, never 0', () => {
    const text = during({ connected: null, latencyUs: null, publishedPerSec: null, deliveredPerSec: null, awaited: null })
    expect(text).toContain('- of 200 connected')
    expect(text).toContain('- published/s, - delivered/s\n')
    expect(text).toMatch(/p50 - +p99 -/)
  })

  test('before the first trial is no more than that', () => {
    expect(renderLive(buildLiveView({ now: null, courses: [] }), PLAIN)).toEqual(['no trial yet'])
  })
})

test('what is on its way is called missing only at the end', () => {
  expect(during({})).toContain(', 12 on the way')
  expect(during({ phase: 'draining' })).toContain(', 12 missing so far')
})

test('many drivers are said by the busiest', () => {
  expect(during({ driverLoads: [0.2, 0.9, 0.4, null, 0.1, 0.3] })).toContain('5 drivers, the busiest 90.0 % of a core')
})

test('no line is wider than the terminal, none moves its cursor, and there are never more than fit', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.integer({ min: 1, max: 220 }),
      fc.integer({ min: 9, max: 40 }),
      fc.boolean(),
      (label, width, height, unicode) => {
        const courses = view.courses.map((course) => ({ ...course, label: `${label}${course.label}` }))
        const shown = buildLiveView({ courses, now: { ...(view.now as LiveTrial), label } })
        const lines = renderLive(shown, { colour: false, unicode, width, height })
        expect(lines.length).toBeLessThan(height)
        for (const line of [...lines, renderFinished(buildFinished({ label }), shown, { colour: false, unicode, width })]) {
          expect([...line].length).toBeLessThanOrEqual(width)
          expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
        }
      },
    ),
  )
})

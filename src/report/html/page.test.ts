import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeHistogram } from '../../measure/histogram.js'
import type { Result } from '../../model/result.js'
import { buildReason, buildResult, buildVerdict, LOAD } from '../../testing/builders.js'
import { withSeries } from '../../testing/series.js'
import { comparisonsOf } from '../comparison.js'
import type { Chart } from './chart.js'
import { html, jsonForScript } from './markup.js'
import { renderHtml } from './page.js'

const ASSETS = { plotScript: '/* plot */', plotStyle: '', pageScript: '/* page */' }

const render = (...results: Result[]): string => renderHtml(results, ASSETS)

function chartsOf(page: string): Chart[] {
  return JSON.parse(/<script type="application\/json" id="charts">(.*?)<\/script>/s.exec(page)?.[1] ?? '') as Chart[]
}

describe('the numbers of the page', () => {
  const result = buildResult({ rounds: 3, alter: withSeries, loadPoints: [LOAD, { ...LOAD, clients: 1_000 }] })
  const page = render(result)
  /** The rows of the comparison, load point after load point. */
  const rows = [...page.matchAll(/<tr class="[^"]*" data-label="([^"]*)">(.*?)<\/tr>/gs)].map(([, label, cells]) => ({
    label,
    cells: cells ?? '',
  }))

  test('of the comparison are those of the summary, to the last digit', () => {
    expect(rows.map(({ label }) => label)).toEqual(comparisonsOf(result).flatMap(({ rows }) => rows.map(({ row }) => row.label)))
    let compared = 0
    for (const [place, { metrics }] of result.summary.rows.entries()) {
      for (const [, metric, value] of (rows[place]?.cells ?? '').matchAll(/<td data-metric="([^"]+)"><data value="([^"]+)"/g)) {
        expect(Number(value), metric).toBe(metrics[metric as keyof typeof metrics].median)
        compared++
      }
      for (const [name, percent] of [
        ['latencyUs.p50', 50],
        ['latencyUs.p99', 99],
      ] as const) {
        const [, value] = new RegExp(`<td data-percent="${percent}"><data value="([^"]+)"`).exec(rows[place]?.cells ?? '') ?? []
        expect(Number(value)).toBe(metrics[name].median)
      }
    }
    expect(compared).toBeGreaterThan(40)
  })

  test('of the curves are those of the histograms', () => {
    const chart = chartsOf(page).find(({ title }) => title === 'Latency by percentile')
    const line = chart?.lines.find(({ label }) => label === 'websocket')
    const histograms = result.trials
      .filter((trial) => trial.label === 'websocket' && trial.load.clients === LOAD.clients)
      .map(({ latencyUs }) => decodeHistogram(latencyUs.histogram ?? ''))
    expect(histograms).toHaveLength(3)
    for (const at of [10, 40, 70]) {
      const rarity = chart?.xs[at] ?? 0
      const [, middle = 0] = histograms.map((histogram) => histogram.percentile(100 * (1 - 1 / rarity))).sort((a, b) => a - b)
      expect((line?.ys[at] ?? 0) / middle).toBeCloseTo(1, 2)
    }
  })

  test('stand beside every chart as a table', () => {
    expect(page.match(/<figure /g)).toHaveLength(chartsOf(page).length)
    expect(page.match(/<figure .*?<\/details>\s*<\/figure>/gs)).toHaveLength(chartsOf(page).length)
    expect(chartsOf(page).length).toBe(4 + 2 * 4)
  })
})

describe('invalid figures', () => {
  const page = render(
    buildResult({
      rounds: 2,
      alter: (trial) => ({ ...withSeries(trial), ...(trial.label === 'sse' ? { verdict: buildVerdict(buildReason()) } : {}) }),
    }),
  )

  test('are marked in every table, in every key, in the answer and among the doubts', () => {
    const tables = [...page.matchAll(/<table.*?<\/table>/gs)]
      .map(([table]) => table)
      .filter((table) => /<th scope="[^>]*><span class="label">sse/.test(table))
    expect(tables.length).toBeGreaterThan(9)
    for (const table of tables) expect(table).toMatch(/sse<\/span> <b class="bad">invalid/)
    expect(page.match(/<li class="t-sse">.*?<\/li>/g)?.every((key) => key.includes('invalid'))).toBe(true)
    expect(page).toContain('Invalid: do not use these figures.')
    expect(page).toContain('sse is invalid, and must not be used.')
    expect(chartsOf(page).every(({ lines }) => lines.find(({ label }) => label === 'sse')?.isInvalid !== false)).toBe(true)
  })

  test('have their reasons with the evidence', () => {
    expect(page).toMatch(/<code>DRIVER_LAG<\/code> <b class="bad">invalid<\/b>[\s\S]*lag p99 3\.90 ms/)
  })
})

describe('the doubts', () => {
  const loadPoints = [LOAD, { ...LOAD, clients: 1_000 }, { ...LOAD, clients: 5_000 }]
  const doubtsOf = (result: Result): string => /<aside class="doubts".*?<\/aside>/s.exec(render(result))?.[0] ?? ''

  test('say at which load points, where it is not at all of them', () => {
    const text = doubtsOf(
      buildResult({
        labels: ['polling', 'sse', 'websocket'],
        loadPoints,
        alter: ({ label, load }) =>
          label === 'polling'
            ? { verdict: buildVerdict(buildReason({ severity: 'degraded' })) }
            : load.clients === 1_000
              ? { verdict: buildVerdict(buildReason()) }
              : {},
      }),
    )
    expect(text).toContain('<li>At 1\u202f000 clients, 20/s, 200 B: sse and websocket are invalid, and must not be used.</li>')
    expect(text).toContain('<li>polling is degraded, because something disturbed the measurement.</li>')
  })

  test('are none where there is nothing to doubt', () => {
    expect(doubtsOf(buildResult({ loadPoints }))).toBe('')
  })
})

describe('the answer', () => {
  test('says whether the thresholds hold, and which do not', () => {
    const thresholds = ['websocket.latencyUs.p99 < 100ms', 'sse.latencyUs.p99 < 1us']
    expect(render(buildResult({ thresholds }))).toMatch(
      /1 of 2 thresholds hold; the others:<\/p>\n<ul class="plain"><li><b class="bad">fail<\/b> <code>sse\.latencyUs\.p99 &lt; 1us<\/code><\/li><\/ul>.*href="#thresholds"[\s\S]*<section id="thresholds">/,
    )
    expect(render(buildResult({ thresholds: thresholds.slice(0, 1) }))).toContain('<b class="good">pass</b> The threshold holds.')
    expect(render(buildResult())).not.toContain('hreshold holds')
  })

  test('is of what arrived, where some did not', () => {
    const page = render(
      buildResult({
        labels: ['sse', 'websocket'],
        alter: ({ label, messages }) => (label === 'sse' ? { messages: { ...messages, missing: 1_000 } } : {}),
      }),
    )
    expect(page).toMatch(/sse<\/span> delivered half of what arrived within .*; 1\u202f000 deliveries \([\d.]+ %\) were missing/)
    expect(page).toMatch(/websocket<\/span> delivered half of the messages within .*; nothing was missing/)
  })
})

describe('better', () => {
  test('is said where the rounds allow it, and nowhere else', () => {
    expect(render(buildResult({ rounds: 3, alter: ({ messages }) => ({ messages: { ...messages, published: 500 } }) }))).toMatch(
      /<b class="label">websocket<\/b> is better than all others in latency p50/,
    )
    expect(render(buildResult({ rounds: 1 }))).not.toMatch(/is better than/)
    expect(render(buildResult({ rounds: 1 }))).toContain('with one round a difference cannot be told from noise')
  })

  test('uncertainty stands beside every percentile of a single round', () => {
    const page = render(buildResult({ alter: withSeries }))
    expect(page).toMatch(
      /delivered half of the messages within <b>[\d.]+ m?s<\/b> <span class="quiet">\[[\d.]+( us| ms)?, [\d.]+( ms)?\]<\/span>/,
    )
    expect(page).toContain('95 % inside the round')
  })
})

describe('what is not as usual', () => {
  test('nothing of a result becomes markup or script', () => {
    const plain = tagsOf(render(poisoned('plain')))
    const nasty = fc.array(
      fc.oneof(
        fc.constantFrom('<script>', '</script>', '<!--', '"', "'", '&', '\u2028', '\u202e', '\u0000', '${', '`'),
        fc.string({ unit: 'binary', maxLength: 5 }),
      ),
      { maxLength: 5 },
    )
    fc.assert(
      fc.property(nasty, (parts) => {
        const page = render(poisoned(parts.join('')))
        expect(tagsOf(page)).toEqual(plain)
        expect(page).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
      }),
      { numRuns: 40 },
    )
  })

  test('a run that ended early, and one without any trial, have a page with what there is', () => {
    const early = render(buildResult({ labels: ['sse', 'websocket'], finished: 1, endedEarly: 'the server died' }))
    expect(early).toContain('The run ended early (the server died): 1 of 2 trials finished.')
    expect(early).toMatch(/websocket<\/span> <b class="bad">not run<\/b> was not measured\./)
    expect(render(buildResult({ finished: 0 }))).toContain('No trial of this load point finished.')
  })

  test('a million points of series, and thousands of load points, stay a page that a browser can show', () => {
    const point = { atMs: 0, lengthMs: 1, delivered: 1, bytesReceived: 1, latencyUs: { p50: 1, p99: 2, max: 3, histogram: null } }
    const long = Array.from({ length: 100_000 }, (_, atMs) => ({ ...point, atMs }))
    const many = buildResult({ labels: ['sse', 'websocket'], rounds: 5, alter: () => ({ series: long }) })
    expect(render(many).length).toBeLessThan(250_000)
    const wide = buildResult({
      labels: ['sse'],
      loadPoints: Array.from({ length: 500 }, (_, clients) => ({ ...LOAD, clients: clients + 1 })),
    })
    const page = render(wide)
    expect(page.length).toBeLessThan(600_000)
    expect(page).toContain('488 more load points')
  })

  test('what somebody published stands beside what came out', () => {
    const result = buildResult({ labels: ['sse'] })
    const published = {
      source: 'A <paper>',
      year: 2019,
      figures: [{ what: 'p99', published: null, expect: 'sse.latencyUs.p99 < 1s' }],
    }
    const page = render({ ...result, plan: { ...result.plan, published: published as never } })
    expect(page).toMatch(
      /What was published<\/h2><p>A &lt;paper&gt; \(2019\)<\/p>[\s\S]*not in the source[\s\S]*sse\.latencyUs\.p99 &lt; 1s/,
    )
    expect(render(result)).not.toContain('What was published')
  })

  test('a script element keeps JSON as it is', () => {
    const text = '</script><!--\u2028&'
    expect(JSON.parse(jsonForScript({ text }).text)).toEqual({ text })
    expect(jsonForScript(text).text).not.toMatch(/[<>&\u2028]/)
    expect(html`<p title="${'"\''}">${'<b>'}${null}${[html`<i>`, '&']}</p>`.text).toBe(
      '<p title="&quot;&#39;">&lt;b&gt;<i>&amp;</p>',
    )
  })
})

/** A result with the same text wherever a file can bring one. */
function poisoned(text: string): Result {
  const result = buildResult({
    labels: [`a${text}`],
    loadPoints: [{ ...LOAD, [`axis ${text}`]: text }],
    scenario: { name: text, description: `a${text}`, file: text },
    endedEarly: text,
    alter: (trial) => ({ ...withSeries(trial), verdict: buildVerdict(buildReason({ message: text, evidence: { text } })) }),
  })
  return { ...result, environment: { ...result.environment, cpu: { ...result.environment.cpu, model: text } } }
}

function tagsOf(page: string): string[] {
  return page.match(/<\/?[a-z!][a-z-]*/gi) ?? []
}

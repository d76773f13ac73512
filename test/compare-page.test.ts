import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { compareRuns } from '../src/analysis/compare/compare.js'
import { renderComparisonHtml } from '../src/report/html/compare.js'
import { buildDistribution, buildReason, buildResult, buildVerdict, LOAD, type ResultParts } from '../src/testing/builders.js'
import { hasChromium, visit } from './browser.js'
import { temporaryFolder } from './command.js'
import { barriers, overhangPx } from './page-checks.js'

/** The page of a comparison in a browser, as the reviewer of a change sees it. */

const folder = await temporaryFolder()

function run(slower: number, parts: ResultParts = {}) {
  return buildResult({
    labels: ['polling(interval=1s)', 'sse', 'websocket'],
    rounds: 10,
    ...parts,
    alter: (trial) => {
      const factor = trial.label === 'websocket' ? slower : trial.label === 'sse' ? 1 / slower : 1
      const isDisturbed = slower > 1 && trial.label === 'sse' && trial.round === 2
      return {
        latencyUs: buildDistribution((trial.latencyUs.p50 ?? 0) * factor * (1 + 0.004 * ((trial.round * 7) % 11))),
        messages: { ...trial.messages, missing: slower > 1 && trial.label === 'websocket' ? 1 : 0 },
        ...(isDisturbed ? { verdict: buildVerdict(buildReason()) } : {}),
      }
    },
  })
}

const compare = (parts: ResultParts = {}) =>
  compareRuns({ path: 'results/runs/before', result: run(1, parts) }, { path: 'results/runs/after', result: run(1.2, parts) })

const several = compare()
const EVIL = `</style><script>window.hacked = true</script><img src=x onerror="window.hacked = true">${'W'.repeat(200)}`
const pages = {
  several,
  'one round': compare({ rounds: 1, loadPoints: [LOAD, { ...LOAD, clients: 1_000 }] }),
  hostile: {
    ...several,
    baseline: { ...several.baseline, path: EVIL, scenario: EVIL },
    differences: [{ what: EVIL, baseline: EVIL, candidate: EVIL, weight: 'warning' as const }],
    figures: several.figures.map((figure) => ({ ...figure, label: `${figure.label}${EVIL}` })),
  },
}
const urls: Record<string, string> = {}

beforeAll(() => {
  for (const [name, comparison] of Object.entries(pages)) {
    const file = join(folder, `${name}.html`)
    writeFileSync(file, renderComparisonHtml(comparison))
    urls[name] = pathToFileURL(file).href
  }
})

describe.skipIf(!hasChromium)('in Chromium (skipped where there is none)', { timeout: 120_000 }, () => {
  test.each([
    [1280, 'light', 'several'],
    [1280, 'dark', 'one round'],
    [390, 'dark', 'several'],
    [390, 'light', 'hostile'],
  ] as const)(
    'at %i px, %s, %s: asks for nothing, complains of nothing, draws each interval in its table, and can be read by anybody',
    async (width, scheme, name) => {
      const { page, complaints, requests } = await visit(urls[name] as string, width, scheme)
      expect(await overhangPx(page)).toBe(0)
      const outside = await page.evaluate(() =>
        [...document.querySelectorAll('svg.forest')].map((drawing) => {
          const [own, cell] = [drawing.getBoundingClientRect(), drawing.closest('td')?.getBoundingClientRect()]
          return own.width < 100 || own.height < 10 || cell === undefined || own.right > cell.right + 1
        }),
      )
      expect(outside).toHaveLength(pages[name].figures.filter(({ ratio }) => ratio !== null).length)
      expect(outside).not.toContain(true)
      // On a phone a table is a list of blocks, which needs no scrolling either.
      if (width === 390 && name === 'several')
        expect(
          await page.evaluate(() => [...document.querySelectorAll('.scroll')].map((box) => box.scrollWidth - box.clientWidth)),
        ).toEqual([0])
      expect(await barriers(page)).toEqual([])
      expect({ complaints, requests }).toEqual({ complaints: [], requests: [] })
      expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
      await page.close()
    },
  )

  test('the policy lets no script run and no other style apply', async () => {
    const { page, requests } = await visit(urls.several as string, 1280, 'light')
    const outcome = await page.evaluate(async () => {
      const violated: string[] = []
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => violated.push(effectiveDirective))
      for (const [name, text] of [
        ['script', 'window.hacked = true'],
        ['style', 'body { display: none }'],
      ] as const) {
        const element = document.createElement(name)
        element.textContent = text
        document.head.append(element)
      }
      // Told of later than done.
      for (let wait = 0; wait < 100 && violated.length < 2; wait++) await new Promise((resolve) => setTimeout(resolve, 20))
      return { violated: violated.sort(), hacked: 'hacked' in window, display: getComputedStyle(document.body).display }
    })
    expect(outcome).toEqual({ violated: ['script-src-elem', 'style-src-elem'], hacked: false, display: 'block' })
    expect(requests).toEqual([])
    await page.close()
  })
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { renderReport } from '../dist/index.js'
import { buildReason, buildResult, buildVerdict, LOAD } from '../src/testing/builders.js'
import { withSeries } from '../src/testing/series.js'
import { hasChromium, visit } from './browser.js'
import { temporaryFolder } from './command.js'
import { barriers, drawnPixels, overhangPx } from './page-checks.js'

/** The HTML report in a browser, as whoever is sent the file sees it. */

const folder = await temporaryFolder()

const usual = buildResult({
  rounds: 3,
  loadPoints: [LOAD, { ...LOAD, clients: 1_000 }],
  thresholds: ['*.messages.missing == 0'],
  alter: (trial) => ({ ...withSeries(trial), ...(trial.label === 'sse' ? { verdict: buildVerdict(buildReason()) } : {}) }),
})
const EVIL = `</script><script>window.hacked = true</script><img src=x onerror="window.hacked = true">\u2028<!--${'W'.repeat(200)}`
const hostile = buildResult({
  labels: ['sse', `websocket(${EVIL})`],
  loadPoints: [{ ...LOAD, [EVIL]: EVIL }],
  scenario: { name: EVIL, description: EVIL, file: EVIL },
  endedEarly: EVIL,
  alter: (trial) => ({ ...withSeries(trial), verdict: buildVerdict(buildReason({ message: EVIL, evidence: { [EVIL]: EVIL } })) }),
})
/** As the journal of a run that was killed has it: what finished, and one label that never ran. */
const partial = buildResult({
  labels: ['polling(interval=1s)', 'sse', 'websocket'],
  finished: 2,
  endedEarly: 'interrupted',
  thresholds: ['websocket.latencyUs.p99 < 100ms'],
  alter: withSeries,
})
const urls: Record<string, string> = {}

beforeAll(() => {
  const pages = { usual: [usual], hostile: [hostile], partial: [partial], several: [usual, hostile], runs: [usual, partial] }
  for (const [name, results] of Object.entries(pages)) {
    const file = join(folder, `${name}.html`)
    writeFileSync(file, renderReport(results, 'html'))
    urls[name] = pathToFileURL(file).href
  }
})

test('a usual run takes less than 300 KB', () => {
  const size = Buffer.byteLength(renderReport(usual, 'html'))
  expect(size).toBeGreaterThan(60_000)
  expect(size).toBeLessThan(300_000)
})

describe.skipIf(!hasChromium)('in Chromium (skipped where there is none)', { timeout: 120_000 }, () => {
  test.each([
    [1280, 'light', 'usual'],
    [1280, 'dark', 'several'],
    [390, 'light', 'usual'],
    [390, 'dark', 'hostile'],
    [390, 'light', 'runs'],
    [390, 'dark', 'partial'],
  ] as const)(
    'at %i px, %s, %s: asks for nothing, complains of nothing, draws, fits, and can be read by anybody',
    async (width, scheme, name) => {
      const { page, complaints, requests } = await visit(urls[name] as string, width, scheme)
      await page.waitForSelector('.uplot canvas')
      const pixels = await drawnPixels(page)
      expect(pixels.length).toBeGreaterThanOrEqual(4)
      for (const count of pixels) expect(count).toBeGreaterThan(40)
      expect(await overhangPx(page)).toBe(0)
      expect(await barriers(page)).toEqual([])
      expect({ complaints, requests }).toEqual({ complaints: [], requests: [] })
      expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
      await page.close()
    },
  )

  test('the policy lets no other script run, no style apply and nothing be asked for', async () => {
    const { page, requests } = await visit(urls.usual as string, 1280, 'light')
    const outcome = await page.evaluate(async () => {
      const violated: string[] = []
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => violated.push(effectiveDirective))
      const script = document.createElement('script')
      script.textContent = 'window.hacked = true'
      document.head.append(script)
      const style = document.createElement('style')
      style.textContent = 'body { display: none }'
      document.head.append(style)
      const answer = await fetch('http://127.0.0.1:9/').then(
        () => 'answered',
        () => 'refused',
      )
      // Told of later than done.
      for (let wait = 0; wait < 100 && violated.length < 3; wait++) await new Promise((resolve) => setTimeout(resolve, 20))
      return { answer, violated: violated.sort(), hacked: 'hacked' in window, display: getComputedStyle(document.body).display }
    })
    expect(outcome).toEqual({
      answer: 'refused',
      violated: ['connect-src', 'script-src-elem', 'style-src-elem'],
      hacked: false,
      display: 'block',
    })
    expect(requests).toEqual([])
    await page.close()
  })

  test('the pointer and the arrow keys show values, and paper is white', async () => {
    const { page } = await visit(urls.usual as string, 1280, 'dark')
    await page.waitForSelector('.uplot canvas')
    const figure = page.locator('figure[data-chart="4"]')
    const values = () => figure.locator('.key output').allTextContents()
    expect((await values()).join('')).toBe('')
    await figure.locator('.u-over').hover()
    for (const value of await values()) expect(value).toMatch(/^[\d.\u202f]+ (us|ms|s|B|kB|%)$/)
    await figure.locator('.plot').press('ArrowRight')
    const first = await figure.locator('.axis-x output').textContent()
    await figure.locator('.plot').press('ArrowRight')
    expect(await figure.locator('.axis-x output').textContent()).not.toBe(first)
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)')
    await page.close()
  })
})

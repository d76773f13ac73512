import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Dashboard } from '../dist/dashboard/dashboard.js'
import { DashboardServer } from '../dist/dashboard/dashboard-server.js'
import { dashboardAssets } from '../dist/library/page-assets.js'
import { renderDashboard } from '../dist/report/html/dashboard.js'
import { buildFinished, buildLiveView } from '../src/testing/live-view.js'
import { hasChromium, visit } from './browser.js'
import { feedbench, start, temporaryFolder, until, writeScenario } from './command.js'
import { barriers, drawnPixels } from './page-checks.js'

/** The dashboard: in a browser, and as the command serves it. */

const EVIL = '</script><script>window.hacked = true</script><img src=x onerror="window.hacked = true">\u2028<!--'
const usual = buildLiveView()
const hostile = buildLiveView({
  now: usual.now && { ...usual.now, label: `sse${EVIL}` },
  scenario: EVIL,
  loadPoints: 2,
  courses: usual.courses.map((course) => ({ ...course, label: `${course.label}${EVIL}`, transport: EVIL })),
  finished: [
    buildFinished({ label: EVIL, transport: EVIL, load: { clients: 1, ratePerSec: 1, payloadBytes: null, [EVIL]: EVIL } }),
  ],
})

const folder = await temporaryFolder()
const server = new DashboardServer(renderDashboard(dashboardAssets()))
let url = ''

beforeAll(async () => {
  url = `http://127.0.0.1:${await server.listen(0)}/`
})

describe.skipIf(!hasChromium)('in Chromium (skipped where there is none)', { timeout: 120_000 }, () => {
  test.each([
    [1280, 'light', usual],
    [390, 'dark', usual],
    [390, 'light', hostile],
  ] as const)('at %i px, %s: shows what it is told, draws, fits, and can be read by anybody', async (width, scheme, view) => {
    server.tell('view', JSON.stringify(view))
    const { page, complaints, requests } = await visit(url, width, scheme)
    await page.waitForSelector('figure[data-live="load"] canvas')
    expect(await page.locator('h1').textContent()).toBe(view.scenario)
    expect(await page.locator('[data-text="p99"]').textContent()).toBe('3.4 ms')
    expect(await page.locator('#finished tbody tr').count()).toBe(view.finished.length)
    for (const count of await drawnPixels(page)) expect(count).toBeGreaterThan(40)

    const longer = view.courses.map((course) => ({
      ...course,
      points: [...course.points, ...course.points.map((point) => ({ ...point, atMs: point.atMs + 20_000 }))],
    }))
    const ticks = () => page.locator('figure[data-live="latency"]').screenshot()
    const before = await ticks()
    server.tell('view', JSON.stringify({ ...view, courses: longer, now: { ...view.now, latencyUs: { p50: 900, p99: 7_000 } } }))
    await page.waitForFunction(() => document.querySelector('[data-text="p99"]')?.textContent === '7 ms')
    expect((await ticks()).equals(before), 'the chart has grown').toBe(false)

    const [scroll, client] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ])
    expect(scroll).toBe(client)
    expect(await barriers(page)).toEqual([])
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [`${url}events`] })
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
    await page.close()
  })

  test('says at the end how it went, and asks for nothing more', async () => {
    const { page, complaints, requests } = await visit(url, 1280, 'light')
    server.tell('end', JSON.stringify({ exitCode: 1, why: null, folder: '/runs/1', report: `/runs/1/${EVIL}.html` }))
    await page.waitForSelector('#end:not([hidden])')
    expect(await page.locator('#end').textContent()).toBe(
      `The run is over, with exit code 1 (a threshold failed).Its report: /runs/1/${EVIL}.html`,
    )
    expect(await barriers(page)).toEqual([])
    await server.close()
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [`${url}events`] })
    await page.close()
  })
})

test('a dashboard whose thread is gone keeps no run from ending', async () => {
  const dashboard = await Dashboard.open(renderDashboard(dashboardAssets()), 0)
  const end = { exitCode: 0, why: null, folder: null, report: null }
  await dashboard.end(end)
  await dashboard.end(end)
  await expect(fetch(dashboard.url)).rejects.toThrow()
})

describe('a run with a dashboard', () => {
  const scenario = writeScenario(folder, 'watched')
  const taken = createServer()
  afterAll(() => void taken.close())

  test('says where it is, shows the run while it goes on, and ends with it', async () => {
    const out = join(folder, 'watched')
    const run = start(['run', scenario, '--out', out, '--json', '--dashboard'])
    const address = await until('the address', () => /^dashboard: (http:\S+)$/m.exec(run.stderr())?.[1])
    const events = await (await fetch(`${address}events`)).text()
    expect(await run.ended).toMatchObject({ signal: null })
    const told = [...events.matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(
      ([, event, data]) => [event, JSON.parse(data ?? '')] as const,
    )
    const views = told.filter(([event]) => event === 'view').map(([, view]) => view)
    expect(views.at(-1)).toMatchObject({ scenario: 'watched', now: null, finished: [{ label: 'websocket', missing: 0 }] })
    expect(views.some(({ now }) => now?.label === 'websocket')).toBe(true)
    expect(told.at(-1)).toEqual(['end', expect.objectContaining({ folder: out, report: join(out, 'report.html'), why: null })])
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('watched')
  })

  test('does not begin where its port is taken', async () => {
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as AddressInfo
    const out = join(folder, 'taken')
    const { code, stdout, stderr } = await feedbench(['run', scenario, '--out', out, `--dashboard=${port}`])
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toBe(
      `--dashboard at 127.0.0.1:${port}: expected a free port, but another program listens there [E_PORT_TAKEN]\n  hint: choose another with --dashboard=<port>, or --dashboard alone for any that is free\n`,
    )
  })

  test('is asked for a port that there can be', async () => {
    expect(await feedbench(['run', scenario, '--dashboard=99999'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('E_USAGE'),
    })
  })
})

/**
 * Pictures of the HTML report of a run, for docs: `node scripts/screenshots.mjs <report.html> <folder>`. At 1280 and at 390 px, light and
 * dark; needs Chromium (Debian: /usr/bin/chromium, else CHROMIUM says where it is).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'

const SIZES = { wide: { width: 1280, height: 1500 }, narrow: { width: 390, height: 1500 } }

const [report, folder, ...options] = process.argv.slice(2)
if (report === undefined || folder === undefined)
  throw new Error('usage: node scripts/screenshots.mjs <report.html> <folder> [--whole]')
const profile = mkdtempSync(join(tmpdir(), 'feedbench-screenshots-'))
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  chromiumSandbox: false,
  args: [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})
try {
  for (const [name, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ['light', 'dark']) {
      const page = await browser.newPage()
      await page.setViewportSize(viewport)
      await page.emulateMedia({ colorScheme })
      await page.goto(pathToFileURL(resolve(report)).href)
      await page.waitForSelector('.uplot canvas')
      await page.screenshot({ path: join(folder, `report-${name}-${colorScheme}.png`), fullPage: options.includes('--whole') })
      if (name === 'wide')
        await page
          .locator('.charts')
          .first()
          .screenshot({ path: join(folder, `charts-${colorScheme}.png`) })
      await page.close()
    }
  }
} finally {
  await browser.close()
  rmSync(profile, { recursive: true, force: true })
}

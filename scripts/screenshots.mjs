import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { readCommandLine, refuse } from './command-line.mjs'
import { screenOf } from './screenshots/screen.mjs'

/**
 * Pictures for docs, at 1280 and at 390 px, light and dark. Needs Chromium (Debian: /usr/bin/chromium, else CHROMIUM says where it is).
 *
 *     node scripts/screenshots.mjs <report.html> <folder>          of the HTML report of a run
 *     node scripts/screenshots.mjs --live <scenario> <folder>      of a run of it, at a terminal and on its dashboard, when most of it is over
 */

const USAGE = 'node scripts/screenshots.mjs [--live] [--whole] <report.html or scenario> <folder>'

const { values, positionals } = readCommandLine(USAGE, {
  options: { live: { type: 'boolean', default: false }, whole: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const [subject, folder] = positionals
if (subject === undefined || folder === undefined) refuse('expected what to take pictures of, and a folder for them', USAGE)
const SIZES = { wide: { width: 1280, height: 1500 }, narrow: { width: 390, height: 1500 } }
const SCHEMES = ['light', 'dark']
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
/** Of the run's trials, those that are over when the pictures are made. */
const SHARE = 0.7

const options = JSON.parse(readFileSync(new URL('./chromium.json', import.meta.url), 'utf8'))
const profile = mkdtempSync(join(tmpdir(), 'feedbench-screenshots-'))
const browser = await chromium.launchPersistentContext(profile, {
  ...options,
  executablePath: process.env.CHROMIUM ?? options.executablePath,
})
try {
  await (values.live ? picturesOfRun() : picturesOfReport())
} finally {
  await browser.close()
  rmSync(profile, { recursive: true, force: true })
}

async function open(url, viewport, colorScheme) {
  const page = await browser.newPage()
  await page.setViewportSize(viewport)
  await page.emulateMedia({ colorScheme })
  await page.goto(url)
  return page
}

async function picturesOfReport() {
  for (const [name, viewport] of Object.entries(SIZES)) {
    for (const scheme of SCHEMES) {
      const page = await open(pathToFileURL(resolve(subject)).href, viewport, scheme)
      await page.waitForSelector('.uplot canvas')
      await page.screenshot({ path: join(folder, `report-${name}-${scheme}.png`), fullPage: values.whole })
      const charts = page.locator('.charts').first()
      if (name === 'wide') await charts.screenshot({ path: join(folder, `charts-${scheme}.png`) })
      await page.close()
    }
  }
}

/** The command runs in a pseudo terminal, of which what it writes is kept; the pages are opened when they are to be taken. */
async function picturesOfRun() {
  const out = join(profile, 'run')
  const words = [process.execPath, MAIN, 'run', resolve(subject), '--out', out, '--dashboard']
  const command = `stty cols 104 rows 32; exec ${words.map((word) => `'${word}'`).join(' ')}`
  const env = { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8', CI: '' }
  const child = spawn('script', ['-qefc', command, '/dev/null'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let written = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    written += text
  })
  const ended = new Promise((done) => child.once('close', done))
  const url = await until(() => /^dashboard: (http:\S+)/m.exec(written)?.[1])
  const page = await open(url, SIZES.wide, 'light')
  await until(() => isFarEnough(written))
  for (const [name, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize({ ...viewport, height: 900 })
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme })
      await page.waitForTimeout(300)
      await page.screenshot({ path: join(folder, `dashboard-${name}-${colorScheme}.png`), fullPage: true })
    }
  }
  const terminal = await browser.newPage()
  await terminal.setContent(screenOf(written))
  await terminal.locator('pre').screenshot({ path: join(folder, 'live-view.png') })
  await ended
}

/** A trial is measured, and most are over. */
function isFarEnough(written) {
  const last = [...written.matchAll(/(\d+)\/(\d+) {2}/g)].at(-1)
  const frame = written.split('\x1b[J').at(-2) ?? ''
  const left = /trial (\d+)s/.exec(frame)?.[1]
  return (
    last !== undefined && Number(last[1]) >= Math.ceil(SHARE * Number(last[2])) && /measuring/.test(frame) && Number(left) <= 2
  )
}

async function until(look) {
  for (let looks = 0; looks < 6_000; looks++) {
    const seen = look()
    if (seen) return seen
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error('waited in vain for the run')
}

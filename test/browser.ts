import { existsSync, readFileSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll } from 'vitest'

/** As scripts/screenshots.mjs has it; CHROMIUM says where else it is. */
const OPTIONS = JSON.parse(readFileSync(new URL('../scripts/chromium.json', import.meta.url), 'utf8')) as {
  executablePath: string
  chromiumSandbox: boolean
  args: string[]
}
const CHROMIUM = process.env.CHROMIUM ?? OPTIONS.executablePath

export const hasChromium = existsSync(CHROMIUM)

let browser: Browser | undefined

afterAll(async () => {
  await browser?.close()
})

/** A headless browser of the file's tests, with a profile of its own. */
async function open(): Promise<Browser> {
  browser ??= await chromium.launch({ ...OPTIONS, executablePath: CHROMIUM })
  return browser
}

export interface Visit {
  page: Page
  /** What the page complained of, and what it asked the network for beyond itself. */
  complaints: string[]
  requests: string[]
}

/** Opens a page at a width and in a colour scheme. */
export async function visit(url: string, width: number, colorScheme: 'light' | 'dark'): Promise<Visit> {
  const page = await (await open()).newPage({ viewport: { width, height: 900 }, colorScheme })
  const [complaints, requests]: [string[], string[]] = [[], []]
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    if (request.url() !== url) requests.push(request.url())
  })
  await page.goto(url)
  return { page, complaints, requests }
}

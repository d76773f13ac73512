import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** Of each chart, how many of its pixels have the colour of one of its lines. */
export function drawnPixels(page: Page): Promise<number[]> {
  return page.evaluate(() => {
    const near = (a: number, b: number) => Math.abs(a - b) < 12
    return [...document.querySelectorAll('figure.chart')].map((figure) => {
      const strokes = [...figure.querySelectorAll('.key line')].map(
        (line) => getComputedStyle(line).stroke.match(/\d+/g)?.map(Number) ?? [],
      )
      const canvas = figure.querySelector('canvas')
      if (canvas === null) return 0
      const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, canvas.width, canvas.height)
      let found = 0
      for (let at = 0; at < data.length; at += 4)
        if (
          strokes.some(
            ([red = 0, green = 0, blue = 0]) =>
              near(data[at] ?? 0, red) &&
              near(data[at + 1] ?? 0, green) &&
              near(data[at + 2] ?? 0, blue) &&
              (data[at + 3] ?? 0) > 200,
          )
        )
          found++
      return found
    })
  })
}

/** How far a page can be scrolled sideways, as it comes and with all opened that can be. */
export function overhangPx(page: Page): Promise<number> {
  return page.evaluate(() => {
    const overhang = () => document.documentElement.scrollWidth - document.documentElement.clientWidth
    const closed = overhang()
    for (const details of document.querySelectorAll('details')) details.open = true
    return Math.max(closed, overhang())
  })
}

/** What axe finds serious or worse. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { axe: inPage } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> }
    }
    const { violations } = await inPage.run()
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    return grave.flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html }) => `${id}: ${html.slice(0, 200)}`))
  })
}

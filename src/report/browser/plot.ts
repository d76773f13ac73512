/** Draws charts in a page: lines, what the pointer or the arrow keys are at, in light or dark. A script, not a module: those after it find `feedbenchPlot`. */
{
  type Plot = import('uplot')
  const make = (window as unknown as { uPlot: typeof import('uplot') }).uPlot

  const DASHES = [[], [7, 4], [3, 3], [9, 3, 2, 3]]
  const HEIGHT_PX = { wide: 260, narrow: 220, paper: 190 }

  const digits = (value: number): string => {
    if (value === 0) return '0'
    const decimals = 2 - Math.floor(Math.log10(Math.abs(value)))
    return Number(value.toFixed(Math.max(0, Math.min(6, decimals))))
      .toLocaleString('en')
      .replaceAll(',', '\u202f')
  }
  const scaled = (value: number, units: [name: string, size: number][]): string => {
    if (value === 0) return '0'
    const [name, size] = units.findLast(([, size]) => Math.abs(value) >= size * 0.9995) ?? units[0] ?? ['', 1]
    return `${digits(value / size)} ${name}`
  }
  const FORMATS: Record<PlotUnit, (value: number) => string> = {
    us: (value) =>
      scaled(value, [
        ['us', 1],
        ['ms', 1e3],
        ['s', 1e6],
      ]),
    ms: (value) =>
      scaled(value * 1e3, [
        ['us', 1],
        ['ms', 1e3],
        ['s', 1e6],
      ]),
    bytes: (value) =>
      scaled(value, [
        ['B', 1],
        ['kB', 1e3],
        ['MB', 1e6],
        ['GB', 1e9],
      ]),
    count: digits,
    share: (value) => `${digits(value * 100)} %`,
    // x is 1 / (1 - share): as many digits as tell it from 100 %.
    percent: (value) => {
      const text = (100 * (1 - 1 / value)).toFixed(Math.max(0, Math.ceil(Math.log10(value)) - 1))
      return `${text.includes('.') ? text.replace(/\.?0+$/, '') : text} %`
    },
    perSec: (value) => `${digits(value)}/s`,
  }

  const onPaper = (): boolean => document.documentElement.classList.contains('print')
  const color = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
  const colorOf = (transport: string): string => color(transport) || color('other')

  /** Of an axis that reaches less than three times as far as it begins, where powers of ten are too few. */
  const evenTicks = (low: number, high: number): number[] => {
    const least = (high - low) / 5
    const power = 10 ** Math.floor(Math.log10(least))
    const step = power * ([1, 2, 5].find((each) => each * power >= least) ?? 10)
    const first = Math.ceil(low / step)
    return Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, place) => (first + place) * step)
  }

  /** Ticks of a logarithmic axis: powers of ten, with others between them where there are few of these. */
  const logTicks = (low: number, high: number): number[] => {
    if (high / low < 3) return evenTicks(low, high)
    const steps = high / low > 2e3 ? [1] : high / low > 10 ? [1, 2, 5] : [1, 2, 3, 5, 7]
    const ticks: number[] = []
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
      for (const step of steps) ticks.push(step * 10 ** power)
    return ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001)
  }
  const PERCENTILE_TICKS = [2, 10, 100, 1e3, 1e4, 1e5, 1e6]

  /** Of the y axis, and whether it is logarithmic. */
  const reachOf = ({ lines, y }: PlotChart): { isLog: boolean; range: [number, number] } => {
    const all = lines.flatMap(({ ys }) => ys.filter((value) => value !== null && value !== undefined))
    // No spread: a smallest value of 0 cannot be on a logarithmic axis, and hundreds of thousands of arguments overflow the stack.
    const least = all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
    const most = all.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
    if (y.scale === 'log' && most > 0) return { isLog: true, range: [Math.max(least, most / 1e7, 1e-3) / 1.15, most * 1.15] }
    const top = y.unit === 'share' && most > 0.9 && most <= 1 ? 1 : most > 0 ? most * 1.06 : 1
    return { isLog: false, range: [Math.min(0, least), top] }
  }

  const widthOf = ({ xs }: PlotChart): [number, number] => {
    const [first = 0, last = 1] = [xs[0], xs.at(-1)]
    return first === last ? [first * 0.9, last * 1.1 + 1] : [first, last]
  }

  const shapeOf = ({ xs, lines, ...chart }: PlotChart): string =>
    JSON.stringify([hasDots(xs), reachOf({ xs, lines, ...chart }).isLog, lines.map(({ label, variant }) => [label, variant])])

  /** Points are marked as long as they are few. */
  const hasDots = (xs: readonly number[]): boolean => xs.length <= 12

  const dataOf = ({ xs, lines }: PlotChart) => [xs, ...lines.map(({ ys }) => ys)] as import('uplot').AlignedData

  const draw = (first: PlotChart, place: HTMLElement): PlotDrawing | null => {
    let chart = first
    const box = place.closest('figure')
    if (box === null || make === undefined) return null
    place.replaceChildren()
    const keys = [...box.querySelectorAll<HTMLOutputElement>('.key output')]
    const where = box.querySelector<HTMLOutputElement>('.axis-x output')
    const [text, grid] = [color('quiet'), color('grid')]
    const axis = (of: PlotAxis, isX: boolean): Plot['axes'][number] =>
      ({
        stroke: text,
        grid: { stroke: grid, width: 1 },
        ticks: { stroke: grid, width: 1, size: 4 },
        font: '12px system-ui, sans-serif',
        size: isX ? 30 : 62,
        space: isX ? 64 : 28,
        values: (_: Plot, ticks: (number | null)[]) => ticks.map((tick) => (tick === null ? '' : FORMATS[of.unit](tick))),
        ...(of.scale === 'linear'
          ? {}
          : {
              splits: (_: Plot, __: number, low: number, high: number) =>
                of.scale === 'log'
                  ? logTicks(low, high)
                  : PERCENTILE_TICKS.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001),
              filter: (_: Plot, ticks: number[]) => ticks,
            }),
      }) as Plot['axes'][number]
    const isLogY = reachOf(chart).isLog
    const options = {
      width: Math.max(200, place.clientWidth),
      height: HEIGHT_PX[onPaper() ? 'paper' : place.clientWidth < 420 ? 'narrow' : 'wide'],
      legend: { show: false },
      padding: [8, 26, 0, 0],
      cursor: { drag: { x: false, y: false }, y: false, points: { size: 7 } },
      scales: {
        x: {
          time: false,
          distr: chart.x.scale === 'linear' ? 1 : 3,
          range: () => widthOf(chart),
        },
        y: { distr: isLogY ? 3 : 1, range: () => reachOf(chart).range },
      },
      axes: [axis(chart.x, true), axis(isLogY ? chart.y : { ...chart.y, scale: 'linear' }, false)],
      series: [
        {},
        ...chart.lines.map(({ transport, variant, isInvalid }) => ({
          stroke: colorOf(transport),
          width: 2,
          dash: isInvalid ? [1.5, 4] : (DASHES[variant % DASHES.length] ?? []),
          spanGaps: false,
          points: { show: hasDots(chart.xs), size: 6, fill: colorOf(transport) },
        })),
      ],
      hooks: {
        setCursor: [
          (plot: Plot) => {
            const at = plot.cursor.idx
            const isOut = at === null || at === undefined || (plot.cursor.left ?? -1) < 0
            if (where !== null) where.value = isOut ? '' : FORMATS[chart.x.unit](chart.xs[at] ?? 0)
            for (const [line, key] of keys.entries()) {
              const y = isOut ? null : chart.lines[line]?.ys[at]
              key.value = y === null || y === undefined ? '' : FORMATS[chart.y.unit](y)
            }
          },
        ],
      },
    }
    const plot = new make(options as unknown as import('uplot').Options, dataOf(chart), place)
    place.onkeydown = (event) => {
      const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
      if (step === 0) return
      event.preventDefault()
      const next = Math.max(0, Math.min(chart.xs.length - 1, (plot.cursor.idx ?? (step > 0 ? -1 : chart.xs.length)) + step))
      plot.setCursor({ left: plot.valToPos(chart.xs[next] ?? 0, 'x'), top: 10 })
    }
    return (next) => {
      if (shapeOf(next) !== shapeOf(chart)) return false
      chart = next
      plot.setData(dataOf(next))
      return true
    }
  }

  const keepDrawn = (drawAll: () => void): void => {
    let widthPx = 0
    const observer = new ResizeObserver(() => {
      if (document.body.clientWidth === widthPx) return
      widthPx = document.body.clientWidth
      drawAll()
    })
    observer.observe(document.body)
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll)
    const turnTo = (isPaper: boolean) => () => {
      document.documentElement.classList.toggle('print', isPaper)
      drawAll()
    }
    addEventListener('beforeprint', turnTo(true))
    addEventListener('afterprint', turnTo(false))
  }

  window.feedbenchPlot = { draw, formats: FORMATS, keepDrawn }
}

/** Fills the page of a run that goes on with what its server says. Only texts: nothing of a run becomes markup. A script, not a module. */
{
  const { draw, formats, keepDrawn } = window.feedbenchPlot
  const { us, count, bytes, share, perSec } = formats
  const shown = (value: number | null | undefined, format: (value: number) => string): string =>
    value === null || value === undefined ? '-' : format(value)
  const say = (name: string, text: string): void => {
    const place = document.querySelector(`[data-text="${name}"]`)
    if (place !== null && place.textContent !== text) place.textContent = text
  }
  const element = (name: string, text: string, className = ''): HTMLElement => {
    const made = document.createElement(name)
    made.textContent = text
    if (className !== '') made.className = className
    return made
  }
  const COLOURS = ['polling', 'long-polling', 'http-streaming', 'sse', 'websocket', 'server', 'driver']
  const colourOf = (transport: string): string => (COLOURS.includes(transport) ? transport : 'other')

  const left = (time: number): string => {
    const seconds = Math.max(0, Math.ceil(time / 1e6))
    const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
    const two = (value: number): string => String(value).padStart(2, '0')
    if (hours > 0) return `${hours}h${two(minutes)}m`
    return minutes > 0 ? `${minutes}m${two(seconds % 60)}s` : `${seconds}s`
  }
  const MAIN_FIGURES = new Set(['clients', 'ratePerSec', 'payloadBytes', 'feed.rate', 'feed.payload'])
  const loadOf = (load: LiveTrial['load']): string => {
    const axes = Object.entries(load).filter(([axis]) => !MAIN_FIGURES.has(axis))
    const size = load.payloadBytes === null ? [] : [bytes(load.payloadBytes)]
    return [
      `${count(load.clients)} clients`,
      perSec(load.ratePerSec),
      ...size,
      ...axes.map(([axis, value]) => `${axis}=${value}`),
    ].join(', ')
  }

  const showNow = ({ now, trials, rounds, timeLeftUs }: LiveView): void => {
    if (now === null) return
    const round = rounds > 1 ? `, round ${now.round} of ${rounds}` : ''
    say('trial', `Trial ${now.trial} of ${trials}: ${now.label}${round}, at ${loadOf(now.load)}`)
    say('phase', now.phase)
    const bar = document.querySelector('progress')
    if (bar !== null) bar.value = now.phaseUs > 0 ? 1 - now.phaseLeftUs / now.phaseUs : 0
    say('left', `trial ${left(now.trialLeftUs)}, run ${left(timeLeftUs ?? now.trialLeftUs)} left`)
    say('p50', shown(now.latencyUs?.p50, us))
    say('p99', shown(now.latencyUs?.p99, us))
    say('delivered', shown(now.deliveredPerSec, perSec))
    say('published', shown(now.publishedPerSec, perSec))
    say('clients', `${shown(now.connected, count)} of ${count(now.load.clients)}`)
    const tile = document.querySelector('[data-text="awaited"]')?.previousElementSibling
    if (tile) tile.textContent = now.phase === 'draining' ? 'missing so far' : 'on the way'
    say('awaited', shown(now.awaited, count))
    const isUnknown = now.serverLoad === null && now.driverLoads.some((load) => load !== null)
    say('server', isUnknown ? 'not known here' : shown(now.serverLoad, share))
    say('drivers', now.driverLoads.map((load) => shown(load, share)).join(', ') || '-')
  }

  const showFinished = ({ finished, finishedCount, loadPoints }: LiveView): void => {
    const section = document.getElementById('finished')
    const body = section?.querySelector('tbody')
    if (!section || !body || Number(body.dataset.count ?? 0) === finishedCount) return
    body.dataset.count = String(finishedCount)
    say('where', loadPoints > 1 ? 'load' : 'round')
    section.hidden = finished.length === 0
    const MARKS: Record<string, string> = { degraded: 'warn', invalid: 'bad' }
    const rows = finished.map(({ trial, label, load, round, transport, status, p50Us, p99Us, missing, perMessageBytes }) => {
      const row = element('tr', '', `t-${colourOf(transport)}`)
      const verdict = element('td', '')
      verdict.append(status in MARKS ? element('b', status, MARKS[status]) : status)
      const name = element('th', count(trial))
      name.setAttribute('scope', 'row')
      const cells = [
        label,
        loadPoints > 1 ? loadOf(load) : count(round),
        shown(p50Us, us),
        shown(p99Us, us),
        count(missing),
        shown(perMessageBytes, bytes),
      ]
      row.append(name, ...cells.map((text) => element('td', text)), verdict)
      return row
    })
    body.replaceChildren(...rows.reverse())
    const hidden = finishedCount - finished.length
    say('more', hidden > 0 ? `${count(hidden)} more before these.` : '')
  }

  const drawings = new Map<string, PlotDrawing | null>()
  const drawKey = (box: Element, { lines }: PlotChart): void => {
    const key = box.querySelector('.key')
    key?.replaceChildren(
      ...lines.map(({ label, transport, variant }) => {
        const item = element('li', '', `t-${colourOf(transport)}`)
        const sample = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
        sample.setAttribute('width', '22')
        sample.setAttribute('height', '8')
        sample.setAttribute('aria-hidden', 'true')
        const line = document.createElementNS('http://www.w3.org/2000/svg', 'line')
        for (const [name, value] of [
          ['x1', 1],
          ['y1', 4],
          ['x2', 21],
          ['y2', 4],
        ] as const)
          line.setAttribute(name, String(value))
        line.setAttribute('class', `stroke dash-${variant % 4}`)
        sample.append(line)
        item.append(sample, element('span', label), document.createElement('output'))
        return item
      }),
    )
  }
  const drawChart = (name: string, chart: PlotChart, isAnew: boolean): void => {
    const box = document.querySelector(`[data-live="${name}"]`)
    const place = box?.querySelector<HTMLElement>('.plot')
    if (!box || !place || chart.xs.length < 2 || chart.lines.length === 0) return
    if (!isAnew && drawings.get(name)?.(chart) === true) return
    drawKey(box, chart)
    drawings.set(name, draw(chart, place))
  }

  type Courses = LiveView['courses']
  /** Courses over their common times: what one has no point for is no gap of it. */
  const chartOf = (title: string, courses: Courses, y: PlotAxis, figure: (point: LivePoint) => number | null): PlotChart => {
    const xs = [...new Set(courses.flatMap(({ points }) => points.map(({ atMs }) => atMs)))].sort((a, b) => a - b)
    const lines = courses.map(({ label, transport, variant, points }) => {
      const at = new Map(points.map((point) => [point.atMs, figure(point)]))
      return { label, transport: colourOf(transport), variant, isInvalid: false, ys: xs.map((x) => at.get(x)) }
    })
    return { title, x: { scale: 'linear', unit: 'ms', label: '' }, y, xs, lines: lines.slice(0, 12) }
  }
  const drawAll = ({ courses, now, finished }: LiveView, isAnew: boolean): void => {
    const begun = courses.filter(({ points }) => points.length > 0)
    const latest = begun.find(({ label }) => label === now?.label) ?? begun.find(({ label }) => label === finished.at(-1)?.label)
    const p99: PlotAxis = { scale: 'log', unit: 'us', label: '' }
    drawChart(
      'latency',
      chartOf('Latency', begun, p99, (point) => point.p99Us),
      isAnew,
    )
    drawChart(
      'rate',
      chartOf('Rate', begun, { scale: 'linear', unit: 'perSec', label: '' }, (point) => point.deliveredPerSec),
      isAnew,
    )
    if (latest === undefined) return
    const both = [
      {
        ...latest,
        label: 'server',
        transport: 'server',
        variant: 0,
        points: latest.points.map((point) => ({ ...point, driverLoad: point.serverLoad })),
      },
      { ...latest, label: 'busiest driver', transport: 'driver', variant: 1 },
    ].filter(({ points }) => points.some(({ driverLoad }) => driverLoad !== null))
    drawChart(
      'load',
      chartOf('Load', both, { scale: 'linear', unit: 'share', label: '' }, (point) => point.driverLoad),
      isAnew,
    )
  }

  const end = document.getElementById('end')
  const announce = (...texts: string[]): void => {
    if (end === null) return
    end.replaceChildren(...texts.map((text) => element('p', text)))
    end.hidden = texts.length === 0
  }
  const MEANINGS: Record<number, string> = {
    0: 'all is well',
    1: 'a threshold failed',
    3: 'inconclusive, or not a valid measurement',
    4: 'it failed',
    70: 'a bug of feedbench',
    130: 'interrupted',
  }
  const isOver = ({ exitCode, why, folder, report }: LiveEnd, view: LiveView | undefined): void => {
    for (const id of ['tiles', 'phase']) document.getElementById(id)?.setAttribute('hidden', '')
    if (view !== undefined) say('trial', `${count(view.finishedCount)} of ${count(view.trials)} trials finished.`)
    announce(
      `The run is over, with exit code ${exitCode} (${MEANINGS[exitCode] ?? 'see the documentation'}).`,
      ...(why === null ? [] : [why]),
      report !== null ? `Its report: ${report}` : folder !== null ? `Its folder: ${folder}` : 'Nothing of it was written.',
    )
  }

  let last: LiveView | undefined
  const events = new EventSource('events')
  events.addEventListener('view', ({ data }) => {
    last = JSON.parse(data as string) as LiveView
    announce()
    say('scenario', last.scenario)
    // Nobody looks: the machine has better things to do.
    if (document.hidden) return
    showNow(last)
    showFinished(last)
    drawAll(last, false)
  })
  events.addEventListener('end', ({ data }) => {
    events.close()
    if (last !== undefined) {
      showFinished(last)
      drawAll(last, false)
    }
    isOver(JSON.parse(data as string) as LiveEnd, last)
  })
  events.addEventListener('error', () =>
    announce('No word from the run: it has been ended, or this page is asked to wait. Trying again.'),
  )
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && last !== undefined) drawAll(last, true)
  })
  keepDrawn(() => {
    if (last !== undefined) drawAll(last, true)
  })
}

/** The charts of a report, as its page has them. A script, not a module. */
{
  const { draw, keepDrawn } = window.feedbenchPlot
  const charts = JSON.parse(document.getElementById('charts')?.textContent ?? '[]') as PlotChart[]
  keepDrawn(() => {
    for (const box of document.querySelectorAll<HTMLElement>('figure[data-chart]')) {
      const [chart, place] = [charts[Number(box.dataset.chart)], box.querySelector<HTMLElement>('.plot')]
      if (chart !== undefined && place !== null) draw(chart, place)
    }
  })
}

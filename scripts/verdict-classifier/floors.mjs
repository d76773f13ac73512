import { LIMITS } from '../../dist/analysis/evidence.js'
import { isUndisturbed, isWithin } from './rows.mjs'
import { count, table } from './table.mjs'

const FLOORS_US = [600, 900, 1_200, 1_500, 1_800, 2_000, 2_400]
const WITHIN_US = [500, 1_200, 2_000]

/** What other floors would have made of the same trials: whom they would have flagged, and how good what they call valid would have been. */
export function floorTable(rows) {
  const starved = rows.filter(({ group }) => group === 'starved')
  const undisturbed = rows.filter((row) => row.group === 'healthy' && isUndisturbed(row))
  const lines = FLOORS_US.map((floorUs) => {
    const isFlagged = (row) => isFlaggedAt(row, floorUs)
    const valid = rows.filter((row) => row.truthUs !== null && !isFlagged(row))
    return [
      `${floorUs / 1e3} ms${floorUs === LIMITS.addedFloorUs.degraded ? ', in force' : ''}`,
      `${count(starved, isFlagged)} of ${starved.length}`,
      `${count(undisturbed, isFlagged)} of ${undisturbed.length}`,
      valid.length,
      ...WITHIN_US.map((us) => count(valid, ({ figures }) => figures.every(isCloseOrP99(us)))),
    ]
  })
  const heads = WITHIN_US.map((us) => `p50 and p90 within 10 % or ${us / 1e3} ms`)
  return table(['floor', 'starved and flagged', 'healthy, undisturbed and flagged', 'valid', ...heads], lines)
}

const isCloseOrP99 = (us) => (figure) => figure.percentile === 'p99' || isWithin(figure, { share: LIMITS.lag.degraded, us })

function isFlaggedAt({ reasons, figures }, floorUs) {
  const byFigures = figures.some(({ lagUs, lateUs, reportedUs }) =>
    [lagUs, lateUs].some((addedUs) => addedUs > floorUs && addedUs > LIMITS.lag.degraded * reportedUs),
  )
  const byOthers = reasons.some(({ code, severity }) => severity !== 'finding' && !['DRIVER_LAG', 'DRIVER_LATE'].includes(code))
  return byFigures || byOthers
}

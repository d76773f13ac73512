import { Dashboard } from '../dashboard/dashboard.js'
import { dashboardAssets } from '../library/page-assets.js'
import type { LiveEnd } from '../model/live.js'
import { renderDashboard } from '../report/html/dashboard.js'
import { readPort } from './port.js'
import type { Output } from './terminal.js'

/** Opens the dashboard that `--dashboard[=port]` asks for, and says where it is; `null` where it is not asked for. E_USAGE, E_PORT_TAKEN or E_LISTEN. */
export async function openDashboard(port: string | undefined, stderr: Output): Promise<Dashboard | null> {
  if (port === undefined) return null
  const hint = 'such as --dashboard=8080, or --dashboard alone, at the end of the line, for any that is free'
  const dashboard = await Dashboard.open(
    renderDashboard(dashboardAssets()),
    port === '' ? 0 : readPort('--dashboard', port, hint),
  )
  stderr.write(`dashboard: ${dashboard.url}\n`)
  return dashboard
}

/** Runs with a dashboard, whose pages are told how that ended, whichever way it did. */
export async function shownOn<T>(dashboard: Dashboard | null, run: () => Promise<[outcome: T, end: LiveEnd]>): Promise<T> {
  try {
    const [outcome, end] = await run()
    await dashboard?.end(end)
    return outcome
  } catch (error) {
    await dashboard?.end({ exitCode: 70, why: (error as Error).message, folder: null, report: null })
    throw error
  }
}

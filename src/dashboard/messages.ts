import type { LiveEnd, LiveView } from '../model/live.js'

/** What the dashboard's page is, and what it may do. */
export interface DashboardPage {
  text: string
  /** A Content-Security-Policy. */
  policy: string
}

export interface DashboardTask {
  page: DashboardPage
  port: number
}

/** What the runner and the thread that serves the dashboard say to each other. */
export type ToDashboard = { view: LiveView } | { end: LiveEnd }
export type FromDashboard = { listening: number } | { refused: { code: string; message: string } } | { followers: number }

import { Worker } from 'node:worker_threads'
import { FeedbenchError } from '../model/errors.js'
import type { LiveEnd, LiveView } from '../model/live.js'
import type { DashboardPage, DashboardTask, FromDashboard, ToDashboard } from './messages.js'

/** A page on loopback that shows a run while it goes on, served by a thread of its own. */
export class Dashboard {
  readonly url: string
  /** Pages that follow the run now: without any, nothing needs to be shown. */
  followers = 0
  /** Called when a page comes or goes. */
  onFollowers: () => void = () => {}
  readonly #thread: Worker
  /** Heard of from the beginning: a thread that is gone does not end again. */
  readonly #exited: Promise<void>

  private constructor(thread: Worker, port: number) {
    this.#thread = thread
    this.#exited = new Promise((resolve) => thread.once('exit', () => resolve()))
    // A run does not end because nobody can watch it any more.
    thread.on('error', () => {})
    this.url = `http://127.0.0.1:${port}/`
    thread.on('message', (message: FromDashboard) => {
      if (!('followers' in message)) return
      this.followers = message.followers
      this.onFollowers()
    })
  }

  /** Serves the page at a port of loopback; 0: any that is free. Rejects with `E_PORT_TAKEN` or `E_LISTEN`. */
  static async open(page: DashboardPage, port: number): Promise<Dashboard> {
    const task: DashboardTask = { page, port }
    const thread = new Worker(new URL('./dashboard-thread.js', import.meta.url), { workerData: task })
    const answer = await new Promise<FromDashboard>((resolve, reject) => {
      thread.once('error', reject)
      thread.once('message', resolve)
    })
    if ('listening' in answer) return new Dashboard(thread, answer.listening)
    throw refused(port, 'refused' in answer ? answer.refused : { code: '', message: 'nothing' })
  }

  show(view: LiveView): void {
    this.#tell({ view })
  }

  /** Tells those that follow how the run ended, and resolves when nothing is served any more. */
  async end(end: LiveEnd): Promise<void> {
    this.#tell({ end })
    await this.#exited
  }

  #tell(message: ToDashboard): void {
    this.#thread.postMessage(message)
  }
}

function refused(port: number, { code, message }: { code: string; message: string }): FeedbenchError {
  const where = `--dashboard at 127.0.0.1:${port}`
  if (code === 'EADDRINUSE') {
    return new FeedbenchError({
      code: 'E_PORT_TAKEN',
      where,
      message: 'expected a free port, but another program listens there',
      hint: 'choose another with --dashboard=<port>, or --dashboard alone for any that is free',
    })
  }
  const hint = 'use a port of 1024 or above, or --dashboard alone for any that is free'
  return new FeedbenchError({ code: 'E_LISTEN', where, message: `expected a port to listen at, got: ${message}`, hint })
}

import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { DashboardServer } from './dashboard-server.js'
import type { DashboardTask, FromDashboard, ToDashboard } from './messages.js'

/** The thread that serves the dashboard: a slow or busy page costs the runner nothing. */
const { page, port } = workerData as DashboardTask
const runner = parentPort
if (runner === null) throw new Error('the dashboard runs as a thread')
const tell = (message: FromDashboard): void => runner.postMessage(message)
giveWay()

const server = new DashboardServer(page, (followers) => tell({ followers }))
runner.on('message', (message: ToDashboard) => {
  if ('view' in message) return server.tell('view', JSON.stringify(message.view))
  server.tell('end', JSON.stringify(message.end))
  void server.close().then(() => runner.close())
})
server.listen(port).then(
  (listening) => tell({ listening }),
  (error: NodeJS.ErrnoException) => {
    tell({ refused: { code: error.code ?? '', message: error.message } })
    runner.close()
  },
)

/** Whatever is measured comes first. On Linux this is of the thread alone; elsewhere it would be of the whole process. */
function giveWay(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(10)
  } catch {
    // A system that does not allow it shares its time evenly.
  }
}

import type { Trial } from '../model/trial.js'

/** Why a figure of a trial is `null`, by its path. */
export function reasonsForNull(trial: Omit<Trial, 'verdict' | 'predicted' | 'notMeasured'>): Record<string, string> {
  const { transitUs, stalenessUs, requests, bytes, server, machine, latencyUs, publishDelayUs, connectUs, driver } = trial
  const { slowReaders, network, publisher } = trial
  // One of feedbench's own tells what became of messages in it.
  const isForeign = server.evicted === null
  const observes = trial.messages.basis === 'observed'
  const hasNoTime = observes && trial.messages.delivered > 0
  const untimed = 'the messages of the server have no time (target.message.time)'
  const inside = 'only the server itself could tell'
  const passed = (direction: 'toServer' | 'toClient') => network !== null && network[direction].delayUs.count === 0
  const reasons: [isNull: boolean, path: string, reason: string][] = [
    [network === null, 'network', 'clients and server were connected directly'],
    [passed('toServer'), 'network.toServer.delayUs', 'nothing passed in the window'],
    [passed('toClient'), 'network.toClient.delayUs', 'nothing passed in the window'],
    [network?.latenessUs.count === 0, 'network.latenessUs', 'nothing passed in the window'],
    [publishDelayUs.count === 0, 'publishDelayUs', observes ? 'the server publishes by itself' : 'nothing was published'],
    [connectUs.count === 0, 'connectUs', 'no client was subscribed'],
    [driver.lagUs.count === 0, 'driver.lagUs', hasNoTime ? untimed : 'nothing was delivered'],
    [driver.transitLessLagUs.count === 0, 'driver.transitLessLagUs', hasNoTime ? untimed : 'nothing was delivered'],
    [driver.eventLoopDelayUsP99 === null, 'driver.eventLoopDelayUsP99', 'the window was too short'],
    [driver.heartbeatLatenessUs.count === 0, 'driver.heartbeatLatenessUs', 'the window was too short'],
    [latencyUs.count === 0, 'latencyUs', hasNoTime ? untimed : 'nothing was delivered'],
    [
      transitUs.count === 0,
      'transitUs',
      latencyUs.count === 0 && !hasNoTime ? 'nothing was delivered' : 'messages do not say when they were published',
    ],
    [stalenessUs.count === 0, 'stalenessUs', hasNoTime ? untimed : 'no client held a message'],
    [slowReaders === null, 'slowReaders', 'all clients read as fast as they can'],
    [slowReaders?.latencyUs.count === 0, 'slowReaders.latencyUs', 'nothing was delivered to a slow reader'],
    [slowReaders?.stalenessUs.count === 0, 'slowReaders.stalenessUs', 'no slow reader held a message'],
    ...(['serverMaxBufferedBytes', 'serverMaxBufferedBytesPerConnection', 'serverMaxRssBytes'] as const).map(
      (figure): [boolean, string, string] => [
        slowReaders?.[figure] === null,
        `slowReaders.${figure}`,
        'the server does not look',
      ],
    ),
    [requests.perMessage === null, 'requests.perMessage', 'no message was expected'],
    [
      requests.messagesPerResponse === null,
      'requests.messagesPerResponse',
      'no request of the window was answered with messages',
    ],
    [bytes.headers === null, 'bytes.headers', "the transport's client does not count them"],
    [bytes.framing === null, 'bytes.framing', "the transport's client does not count headers apart"],
    [bytes.perMessage === null, 'bytes.perMessage', 'nothing was received'],
    [bytes.overheadRatio === null, 'bytes.overheadRatio', 'nothing was received'],
    [publisher.posts === null, 'publisher.posts', 'the server publishes by itself'],
    [publisher.posts?.roundTripUs.count === 0, 'publisher.posts.roundTripUs', 'the server accepted nothing'],
    ...(['cpuUs', 'cpuUserUs', 'cpuSystemUs', 'rssBytes'] as const).map((figure): [boolean, string, string] => [
      server[figure] === null,
      `server.${figure}`,
      'the server was not started by feedbench, or this system does not tell what a process uses',
    ]),
    ...(['eventLoopUtilization', 'gcUs', 'evicted', 'disconnected'] as const).map((figure): [boolean, string, string] => [
      server[figure] === null,
      `server.${figure}`,
      inside,
    ]),
    [
      server.cpuUsPerMessage === null,
      'server.cpuUsPerMessage',
      server.cpuUs === null ? 'the processor time of the server is not known' : 'nothing was received',
    ],
    [
      server.metronomeCpuUs === null,
      'server.metronomeCpuUs',
      isForeign ? 'the server has no thread of feedbench' : 'this system does not tell the processor time of a thread',
    ],
    [
      server.rssBytesPerConnection === null,
      'server.rssBytesPerConnection',
      isForeign
        ? 'the memory of a server that is not feedbench cannot be tidied up before it is read'
        : 'too few clients were connected to tell their memory from the changes of the process itself',
    ],
    [server.writes === null, 'server.writes', isForeign ? inside : 'the transport answers requests'],
    [
      server.messagesPerWrite === null,
      'server.messagesPerWrite',
      server.writes === null ? (isForeign ? inside : 'the transport answers requests') : 'nothing was written',
    ],
    [server.eventLoopDelayUsP99 === null, 'server.eventLoopDelayUsP99', isForeign ? inside : 'the window was too short'],
    [slowReaders !== null && slowReaders.disconnected === null, 'slowReaders.disconnected', inside],
    [
      machine.cpuOthersShare === null,
      'machine.cpuOthersShare',
      'this system has no /proc/stat, or its clock did not tick in the window',
    ],
    [machine.stealShare === null, 'machine.stealShare', 'this system has no /proc/stat, or its clock did not tick in the window'],
  ]
  return Object.fromEntries(reasons.filter(([isNull]) => isNull).map(([, path, reason]) => [path, reason]))
}

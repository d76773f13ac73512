import type { PlannedNetwork } from '../../model/network.js'

/** Packets that may be on the link at once: netem drops what is beyond its limit, and only what was asked for may be lost. */
const QUEUE_PACKETS = 1_000_000
/** As on a network. Loopback's own packets have 64 KiB, of which one lost would be forty. */
const MTU_BYTES = 1_500

export type Asked = Pick<PlannedNetwork, 'rttUs' | 'jitterUs' | 'lossShare'>

/**
 * What a shell does in a network namespace to make its loopback the link. Every packet passes it once each way, so that half of the round trip, half of the jitter and the whole
 * share of loss are for one direction. A packet is one packet: the kernel would hand on several as one, and lose them together.
 */
export function linkScript(asked: Asked, portRange: string | null): string {
  const ports = portRange?.trim().match(/^(\d+)\s+(\d+)$/)
  return [
    `ip link set dev lo mtu ${MTU_BYTES} gso_max_segs 1 up`,
    ...(ports == null ? [] : [`echo ${ports[1]} ${ports[2]} > /proc/sys/net/ipv4/ip_local_port_range`]),
    `tc qdisc add dev lo root ${netemWords(asked).join(' ')}`,
  ].join(' && ')
}

/**
 * The link as tc has it. Without a distribution netem varies a delay evenly, by up to so much either way.
 * @internal for its test
 */
export function netemWords({ rttUs, jitterUs, lossShare }: Asked): string[] {
  const oneWay = (us: number) => `${Math.round(us / 2)}us`
  const delay = rttUs === 0 ? [] : ['delay', oneWay(rttUs), ...(jitterUs === 0 ? [] : [oneWay(jitterUs)])]
  return ['netem', 'limit', String(QUEUE_PACKETS), ...delay, ...(lossShare === 0 ? [] : ['loss', `${percent(lossShare)}%`])]
}

/** How one gets a network of one's own: as root, or as root of a user namespace, which many systems let anybody be. */
export type Way = 'root' | 'user'

export const WAYS: readonly Way[] = ['root', 'user']

/** What runs a command in a new namespace. */
export function unshareWords(way: Way): string[] {
  return ['unshare', ...(way === 'user' ? ['--user', '--map-root-user'] : []), '--net']
}

/** What runs a command in the namespace of the process with this id. */
export function enterWords(way: Way, pid: number): string[] {
  const user = way === 'user' ? [`--user=/proc/${pid}/ns/user`, '--preserve-credentials'] : []
  return ['nsenter', ...user, `--net=/proc/${pid}/ns/net`, '--']
}

/** Without an exponent, which tc does not read. */
function percent(share: number): string {
  return (share * 100).toFixed(6).replace(/\.?0+$/, '')
}

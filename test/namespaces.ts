import { spawnSync } from 'node:child_process'

/** Runs in namespaces of their own, for mounts and networks that nobody else sees and that are gone with the run. */

const isAllowed = (kind: string, words: string) =>
  process.platform === 'linux' &&
  spawnSync('unshare', [kind, 'sh', '-c', words], { stdio: 'ignore', timeout: 5_000 }).status === 0

export const canMount = isAllowed('-m', 'mount -t tmpfs none /mnt')
export const canHaveNetwork = isAllowed('-n', 'ip link set lo up && echo 40000 40099 > /proc/sys/net/ipv4/ip_local_port_range')

/** For `StartOptions.after`: `before` in a shell in new namespaces, then the command, then `afterwards` if it succeeds or not. No single quotes. */
export function inNamespace(kind: '-m' | '-n', before: string, afterwards = 'true'): string {
  return `exec unshare ${kind} sh -c '${before} || exit 99; "$0" "$@"; code=$?; ${afterwards}; exit $code' "$0" "$@"`
}

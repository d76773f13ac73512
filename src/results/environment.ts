import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { cpus, release, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { CpuPlacement } from '../model/placement.js'
import type { Environment } from '../model/result.js'

/** Its own package, from src as from dist: both are two folders up from here. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** What could change a figure from one version to the next. */
const PACKAGES = ['ws', 'hdr-histogram-js']

const GIT_DEADLINE_MS = 2000

/** What is known of the place where a run is going to happen. Never throws: what the system does not tell is `null`. */
export async function describeEnvironment(placement: CpuPlacement): Promise<Environment> {
  const processors = cpus()
  const [packages, git, descriptorsPerProcess, listenBacklog, portRange, congestionControl, virtualization, clock] =
    await Promise.all([
      packageVersions(),
      gitState(),
      descriptors(),
      sysctlNumbers('net/core/somaxconn'),
      sysctlNumbers('net/ipv4/ip_local_port_range'),
      sysctl('net/ipv4/tcp_congestion_control'),
      hypervisor(),
      clockText(),
    ])
  return {
    os: { platform: process.platform, release: release(), arch: process.arch },
    cpu: { model: processors[0]?.model.trim() || 'unknown', cores: processors.length, mhz: processors[0]?.speed || null },
    memoryBytes: totalmem(),
    node: { version: process.versions.node, v8: process.versions.v8, libuv: process.versions.uv },
    packages,
    git,
    limits: {
      descriptorsPerProcess,
      listenBacklog: listenBacklog[0] ?? null,
      portRange: portRange[0] === undefined || portRange[1] === undefined ? null : [portRange[0], portRange[1]],
    },
    congestionControl,
    virtualization,
    placement: { mode: placement.mode, reason: placement.reason },
    clock,
  }
}

/** Of feedbench itself, as in its package.json. */
export async function feedbenchVersion(): Promise<string> {
  return (await versionIn(`${ROOT}package.json`)) ?? 'unknown'
}

async function packageVersions(): Promise<Record<string, string>> {
  const versions: Record<string, string> = {}
  for (const name of PACKAGES) {
    const version = await packageVersion(name)
    if (version !== null) versions[name] = version
  }
  return versions
}

/** In node_modules here or in a folder above, where an installed feedbench has its dependencies. */
async function packageVersion(name: string): Promise<string | null> {
  for (let up = new URL('../../', import.meta.url); ; up = new URL('../', up)) {
    const version = await versionIn(fileURLToPath(new URL(`node_modules/${name}/package.json`, up)))
    if (version !== null || up.pathname === new URL('../', up).pathname) return version
  }
}

async function versionIn(file: string): Promise<string | null> {
  try {
    const { version } = JSON.parse(await readFile(file, 'utf8')) as { version?: unknown }
    return typeof version === 'string' ? version : null
  } catch {
    return null
  }
}

/** Only where feedbench itself is a checkout: as a dependency it would show its user's repository. */
async function gitState(): Promise<Environment['git']> {
  const prefix = await git('rev-parse', '--show-prefix')
  if (prefix !== '') return null
  const [revision, changes] = [await git('rev-parse', 'HEAD'), await git('status', '--porcelain')]
  return revision === null || changes === null ? null : { revision, dirty: changes !== '' }
}

/** What git says of feedbench's folder; `null` where it is missing, refuses or does not answer in time. */
async function git(...args: string[]): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('git', ['--no-optional-locks', '-C', ROOT, ...args], {
      timeout: GIT_DEADLINE_MS,
      killSignal: 'SIGKILL',
      maxBuffer: 16 * 2 ** 20,
      windowsHide: true,
    })
    return stdout.trim()
  } catch {
    return null
  }
}

async function descriptors(): Promise<number | null> {
  const soft = /^Max open files\s+(\d+)/m.exec((await readText('/proc/self/limits')) ?? '')?.[1]
  return soft === undefined ? null : Number(soft)
}

/** `none` where the processor says that it is not a guest; `null` where it says nothing of the kind. */
async function hypervisor(): Promise<string | null> {
  const flags = /^flags\s*:(.*)$/m.exec((await readText('/proc/cpuinfo')) ?? '')?.[1]
  if (flags === undefined) return null
  if (!/\bhypervisor\b/.test(flags)) return 'none'
  const vendor = (await readText('/sys/class/dmi/id/sys_vendor'))?.trim()
  return vendor ? `hypervisor (${vendor})` : 'hypervisor'
}

async function clockText(): Promise<string> {
  const source = (await readText('/sys/devices/system/clocksource/clocksource0/current_clocksource'))?.trim()
  return source ? `process.hrtime, monotonic, clock source ${source}` : 'process.hrtime, monotonic'
}

async function sysctl(name: string): Promise<string | null> {
  return (await readText(`/proc/sys/${name}`))?.trim() || null
}

async function sysctlNumbers(name: string): Promise<number[]> {
  return ((await sysctl(name)) ?? '').split(/\s+/).filter(Boolean).map(Number).filter(Number.isSafeInteger)
}

async function readText(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null)
}

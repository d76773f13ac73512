import type { Environment } from '../model/result.js'

/** A plausible machine. */
export const ENVIRONMENT: Environment = {
  os: { platform: 'linux', release: '6.1.0', arch: 'x64' },
  cpu: { model: 'AMD EPYC 7B13', cores: 2, mhz: 2_450 },
  memoryBytes: 8_322_000_000,
  node: { version: '20.20.2', v8: '11.3.244.8', libuv: '1.46.0' },
  packages: { ws: '8.23.0' },
  git: { revision: 'b101f6d0000000000000000000000000000000aa', dirty: false },
  limits: { descriptorsPerProcess: 1_048_576, listenBacklog: 4_096, portRange: [32_768, 60_999] },
  congestionControl: 'cubic',
  virtualization: 'kvm',
  placement: { mode: 'pinned', reason: null },
  clock: 'process.hrtime',
}

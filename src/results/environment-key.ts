import { z } from 'zod'
import type { Environment } from '../model/result.js'

/** What of an environment has to be the same for figures of different days to be compared. */
export interface EnvironmentKey {
  cpu: string
  cores: number
  node: string
  os: string
}

const keyed = z.object({
  cpu: z.object({ model: z.string(), cores: z.number() }),
  node: z.object({ version: z.string() }),
  os: z.object({ platform: z.string(), release: z.string(), arch: z.string() }),
})

type Keyed = Pick<Environment, 'cpu' | 'node' | 'os'> | z.infer<typeof keyed>

/** Of an environment that may be anything, such as that of somebody's file; `null` where it says too little. */
export function knownKey(environment: unknown): EnvironmentKey | null {
  const { data } = keyed.safeParse(environment)
  return data === undefined ? null : environmentKey(data)
}

export function environmentKey({ cpu, node, os }: Keyed): EnvironmentKey {
  const [major = ''] = node.version.split('.')
  const [kernel = '', minor = ''] = os.release.split('.')
  return { cpu: cpu.model, cores: cpu.cores, node: major, os: `${os.platform} ${kernel}.${minor} ${os.arch}` }
}

/** As the name of a folder. */
export function keyText({ cpu, cores, node, os }: EnvironmentKey): string {
  return [cpu, `${cores}-cores`, `node-${node}`, os].map(slug).join('_')
}

/** In words; none where all is the same. */
export function differences(before: EnvironmentKey, now: EnvironmentKey): string[] {
  const names: Record<keyof EnvironmentKey, string> = { cpu: 'processor', cores: 'cores', node: 'Node', os: 'system' }
  return (Object.keys(names) as (keyof EnvironmentKey)[]).flatMap((part) =>
    before[part] === now[part] ? [] : [`${names[part]} ${before[part]}, here ${now[part]}`],
  )
}

function slug(text: string): string {
  return (text.toLowerCase().match(/[a-z0-9.]+/g) ?? []).join('-').slice(0, 60)
}

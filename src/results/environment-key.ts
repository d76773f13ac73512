import type { Environment } from '../model/result.js'

/** What of an environment has to be the same for figures of different days to be compared. */
export interface EnvironmentKey {
  cpu: string
  cores: number
  node: string
  os: string
}

export function environmentKey({ cpu, node, os }: Environment): EnvironmentKey {
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

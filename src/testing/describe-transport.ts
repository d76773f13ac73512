import { describe, test } from 'vitest'
import { type ContractOptions, transportContract } from '../transports/contract/contract.js'
import type { TransportDescriptor } from '../transports/transport.js'

/** The contract as tests of vitest; what a transport cannot do is skipped with the reason. */
export function describeTransport<Options extends object>(
  descriptor: TransportDescriptor<Options>,
  { options = {} }: ContractOptions = {},
): void {
  const set = Object.entries(options).map(([option, value]) => `${option}=${String(value)}`)
  describe([`the transport ${descriptor.name}`, ...set].join(' '), () => {
    for (const { name, skip: reason, run } of transportContract(descriptor, { options })) {
      test(name, async ({ skip }) => {
        skip(reason !== undefined, reason)
        await run()
      })
    }
  })
}

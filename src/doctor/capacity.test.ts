import { describe, expect, it } from 'vitest'
import type { Limit } from '../model/diagnosis.js'
import type { FleetDescription } from '../model/placement.js'
import { placeTrial } from '../runner/placement.js'
import { buildTransportFigures } from '../testing/diagnosis.js'
import { testFleet } from '../testing/scenarios.js'
import { capacityOf, refusalLimits } from './capacity.js'

const large: FleetDescription = {
  ...testFleet,
  descriptorsPerProcess: 500_000,
  addresses: Array.from({ length: 64 }, (_, index) => `127.0.0.${index + 1}`),
  memoryFreeBytes: 1e12,
}

const named = (limits: readonly Limit[], name: Limit['name']) => limits.find((limit) => limit.name === name)

describe('the limits at which run refuses', () => {
  it.each<[Limit['name'], Partial<FleetDescription>, number]>([
    ['descriptors', { descriptorsPerProcess: 20_000 }, 19_872],
    ['ports', { addresses: ['127.0.0.1'], portsPerAddress: 28_232 }, 25_408],
    ['memory', { memoryFreeBytes: 2 ** 30 }, 7_413],
  ])('in %s: so many clients are placed, and one more is refused', (name, parts, expected) => {
    const fleet = { ...large, ...parts }
    const [binding] = refusalLimits(fleet)
    expect(binding).toEqual({ name, most: expected, basis: 'read' })
    const most = binding?.most ?? 0
    expect(placeTrial(most, fleet, true).placement.drivers.reduce((sum, { clients }) => sum + clients, 0)).toBe(most)
    expect(() => placeTrial(most + 1, fleet, true)).toThrow(`E_LIMIT_${name.toUpperCase()}`)
  })

  it('are those of a scenario where the machine has none below', () => {
    expect(refusalLimits({ ...large, descriptorsPerProcess: Number.MAX_SAFE_INTEGER })).toEqual([
      { name: 'scenario', most: 1_000_000, basis: 'read' },
    ])
  })

  it('are 0 where there is no room for one client', () => {
    expect(refusalLimits({ ...large, descriptorsPerProcess: 100 })[0]).toEqual({ name: 'descriptors', most: 0, basis: 'read' })
  })
})

describe('what a transport can carry', () => {
  const figures = buildTransportFigures({
    cost: { serverCpuUsPerDelivery: 7, driverCpuUsPerDelivery: 14, serverRssBytesPerClient: 10_000 },
  })

  it('is 70 % of a core over the cost of a delivery, and what binds comes first', () => {
    const { clients, deliveriesPerSec } = capacityOf(figures, { ...large, cores: [0, 1] })
    expect(deliveriesPerSec).toEqual([
      { name: 'driver-cpu', most: 50_000, basis: 'predicted' },
      { name: 'server-cpu', most: 100_000, basis: 'predicted' },
    ])
    expect(clients[0]).toEqual({ name: 'driver-cpu', most: 50_000, basis: 'predicted' })
    expect(clients.map(({ most }) => most)).toEqual(clients.map(({ most }) => most).sort((a, b) => a - b))
  })

  it('names a limit of the system where that is lower', () => {
    const { clients } = capacityOf(figures, { ...large, cores: [0, 1], descriptorsPerProcess: 20_000 })
    expect(clients[0]).toEqual({ name: 'descriptors', most: 19_872, basis: 'read' })
  })

  it('has the drivers on all cores but the server’s', () => {
    const most = (cores: number[]) => named(capacityOf(figures, { ...large, cores }).deliveriesPerSec, 'driver-cpu')?.most
    expect(most([0, 1, 2, 3])).toBe(150_000)
    expect(most([0, 1])).toBe(50_000)
  })

  it('has both on one core where there is only one', () => {
    const { deliveriesPerSec } = capacityOf(figures, { ...large, cores: [0], canPin: false })
    expect(deliveriesPerSec).toEqual([{ name: 'shared-cpu', most: 33_333, basis: 'predicted' }])
  })

  it('is held back by the memory that connections were measured to take, where that is more than is set aside for them', () => {
    const hungry = buildTransportFigures({
      cost: { serverRssBytesPerClient: 200_000, serverCpuUsPerDelivery: 1, driverCpuUsPerDelivery: 1 },
    })
    const { clients } = capacityOf(hungry, { ...large, memoryFreeBytes: 1e9 })
    expect(clients[0]).toEqual({ name: 'server-memory', most: 5_000, basis: 'predicted' })
  })

  it('says nothing of deliveries whose cost was not measured, and nothing of memory', () => {
    const unmeasured = buildTransportFigures({ cost: { driverCpuUsPerDelivery: null, serverRssBytesPerClient: null } })
    const { clients, deliveriesPerSec } = capacityOf(unmeasured, large)
    expect(deliveriesPerSec).toEqual([])
    expect(clients.map(({ basis }) => basis)).toEqual(clients.map(() => 'read'))
  })
})

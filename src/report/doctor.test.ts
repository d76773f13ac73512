import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { Measured } from '../model/diagnosis.js'
import { buildDiagnosis, buildMeasured, buildTransportFigures } from '../testing/diagnosis.js'
import { renderDoctor } from './doctor.js'

const { fleet } = buildMeasured()
const plain = (parts: Partial<Measured> = {}, width = 120) =>
  renderDoctor(buildDiagnosis(parts), { colour: false, width }).replaceAll('\u202f', ' ')

const invalid = { verdict: 'invalid' as const, reasons: [{ code: 'DRIVER_LAG' as const, message: 'the driver lagged' }] }
const broken: Partial<Measured> = {
  fleet: { ...fleet, descriptorsPerProcess: 100 },
  transports: [],
  httpCeiling: null,
  cpuPlacement: { mode: 'shared', reason: 'there is no taskset here' },
}

describe('a diagnosis', () => {
  it('has a line a check, and ends with what the machine can carry', () => {
    expect(plain()).toMatchInlineSnapshot(`
      "This machine
        ok       file descriptors   20 000 a process: up to 19 872 clients
        ok       source ports       28 000 on one loopback address: up to 25 200 clients
        ok       free memory        64.0 GB: up to 621 928 clients
        ok       cores              2 allowed (0-1); server and drivers are pinned to cores of their own
        ok       other programs     used 2.00 % of the machine at most during a trial
        ok       steal              the hypervisor took 0 % of the machine at most during a trial
        ok       clock              steps of 1 us, 0.07 us a reading
        ok       event-loop timers  late by 650 us at p50, 3.10 ms at p99: by so much a poll is late
        ok       waiting thread     late by 130 us at p50, 480 us at p99: by so much a message is published late, which its
                                    latency includes
        ok       HTTP requests      41 200/s for /poll by autocannon over 50 connections; the server was busy for 98.0 %
        ok       emulated links     relay; no netem: there is no tc here (iproute2)
        ok       short trials       4 valid

      Transports, measured now
                   latency floor   CPU a delivery    memory
                      p50     p99   server   driver  a client
        polling    190 us  260 us  30.0 us  62.1 us   12.0 kB
        websocket  190 us  260 us  7.00 us  14.0 us   12.0 kB
        floor: published to received, 2 clients, 250 messages/s; a poll each 2 ms, of which a message waits for half
        CPU and server's memory: 300 clients, 25 messages/s; a poll each 40 ms, one a message

      What this machine can carry
                   clients at 1 message/s        deliveries a second
                      most  held back by            most  held back by
        polling    ~11 000  driver CPU: 62.1 us  ~11 000  driver CPU: 62.1 us
        websocket   19 872  descriptors: 20 000  ~50 000  driver CPU: 14.0 us
        ~ predicted: 70 % of a core over the cost of a delivery above; other figures are limits, at which run refuses.
          Messages of 200 B; a client that polls does so once a message.

      Ready. Over every transport this machine carries up to ~11 000 clients at 1 message/s, as long as clients x rate stays
      below ~11 000/s.
      Looked for 51.2 s.
      "
    `)
  })

  it('says at its end that nothing here would be valid, and what to do about it', () => {
    const text = plain(broken)
    expect(text).toContain(
      '  PROBLEM  file descriptors   100 a process\n           not enough for a single client\n           hint: raise',
    )
    expect(text).toContain('  warn     cores ')
    expect(text).toMatch(/No valid measurement is possible here: see file descriptors above\.\nLooked for .*\n$/)
    expect(text).not.toContain('can carry')
  })

  it('names the transport that cannot be measured', () => {
    const text = plain({ transports: [buildTransportFigures({ floor: invalid, cost: invalid })] })
    expect(text).toContain('websocket: floor invalid (DRIVER_LAG), cost invalid (DRIVER_LAG)')
    expect(text).toContain('see short trials above')
    for (const figure of ['!190 us', '!7.00 us', '!14.0 us', '!12.0 kB', '!~50 000']) expect(text).toContain(figure)
    expect(text).toMatch(/websocket +19 872 /)
  })

  it('makes no number of what was not measured', () => {
    const text = plain({
      transports: [buildTransportFigures({ cost: { serverCpuUsPerDelivery: null, driverCpuUsPerDelivery: null } })],
      others: { cpuOthersShare: null, stealShare: null },
    })
    expect(text).toMatch(/websocket +19 872 +descriptors: 20 000 +- +not measured/)
    expect(text).toContain('not told by this system')
    expect(text).not.toMatch(/NaN|null|undefined|Infinity/)
  })

  it.each([40, 60, 80, 100, 120, 200])('fits into a terminal of %d cells, with the same figures', (width) => {
    for (const parts of [{}, broken]) {
      for (const line of plain(parts, width).split('\n')) expect(line.length, line).toBeLessThanOrEqual(width)
    }
    for (const figure of ['~11 000', '62.1 us', '19 872', '41 200', '190 us']) {
      expect(plain({}, width).replace(/\s+/g, ' ')).toContain(figure)
    }
  })

  it('is coloured where that is wanted, and says the same', () => {
    const coloured = renderDoctor(buildDiagnosis(), { colour: true, width: 120 })
    expect(coloured).toContain('\u001b[')
    expect(stripVTControlCharacters(coloured)).toBe(renderDoctor(buildDiagnosis(), { colour: false, width: 120 }))
  })
})

import { describe, expect, it } from 'vitest'
import { slowClients } from './slow-clients.js'

const chosen = (total: number, clients: number, seed = 7) => [...slowClients(total, { clients, bytesPerSec: 1_000, seed })]

describe('slow clients', () => {
  it('are as many as planned, each once', () => {
    for (const clients of [1, 2, 37, 99, 100]) {
      const indexes = chosen(100, clients)
      expect(indexes).toHaveLength(clients)
      expect(indexes.every((index) => Number.isInteger(index) && index >= 0 && index < 100)).toBe(true)
    }
    expect(slowClients(100, null).size).toBe(0)
  })

  it('follow from the seed', () => {
    expect(chosen(1_000, 50)).toEqual(chosen(1_000, 50))
    expect(chosen(1_000, 50)).not.toEqual(chosen(1_000, 50, 8))
  })

  it('are each client equally often, over many seeds', () => {
    const counts = new Array<number>(10).fill(0)
    for (let seed = 0; seed < 2_000; seed++) for (const index of chosen(10, 3, seed)) counts[index] = (counts[index] ?? 0) + 1
    // 600 each, with a standard deviation of 20.
    for (const count of counts) expect(Math.abs(count - 600)).toBeLessThan(100)
  })
})

const THEIR_DELIVERIES_PER_SEC = 500_000

export async function reproduce(measure) {
  const {
    trials: [{ server, latencyUs }],
  } = await measure()
  return {
    figures: {
      'cpu.perDelivery': server.cpuUsPerMessage,
      'memory.perConnection': server.rssBytesPerConnection,
      'latency.p99': latencyUs.p99,
      'cores.forTheirs': (server.cpuUsPerMessage * THEIR_DELIVERIES_PER_SEC) / 1e6,
    },
  }
}

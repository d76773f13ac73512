import type { Codec, MessageHead } from '../feed/codec.js'
import type { Topics } from '../feed/source.js'
import type { TargetCheckName, TargetCheckStatus, TargetFinding } from '../model/target-check.js'

/** A message as a client had it. */
export interface Received {
  text: Buffer
  receivedUs: number
}

export interface Seen {
  received: readonly Received[]
  /** Positions in the feed that were published to the server meanwhile and accepted; `null` where it publishes by itself. */
  published: readonly number[] | null
  /** Of that feed. */
  topics: Topics
  receivedBytes: number
  /** Of the client, in its own words. */
  errors: readonly string[]
}

type Row = Omit<TargetFinding, 'label'>

export function row(check: TargetCheckName, status: TargetCheckStatus, detail: string, hint: string | null = null): Row {
  return { check, status, detail, hint }
}

/** A wall clock may be off by minutes; a wrong unit is off by far more. */
const PLAUSIBLE_US = 3_600e6

/** What a client's messages say about a server. Pure. */
export function messageFindings({ received, published, topics, receivedBytes, errors }: Seen, codec: Codec): Row[] {
  if (received.length === 0) {
    const because = errors.length === 0 ? '' : `; the client says: ${errors.at(-1)}`
    const hint =
      published === null
        ? 'does it publish while nobody asks it to? else name target.publish'
        : 'is this path fed by what is posted? see target.paths, events and send'
    const lacking = (['seq', 'complete', 'order', 'once', 'time', 'bytes'] as const).map((check) =>
      row(check, 'unknown', 'no message'),
    )
    return [row('messages', 'missing', `none came${because}`, hint), ...lacking]
  }
  const heads = received.map(({ text }) => headOf(codec, text))
  const known = heads.filter((head) => head !== undefined)
  const payload = received.reduce((sum, { text }) => sum + text.length, 0)
  return [
    row('messages', 'met', `${received.length} came`),
    seqRow(received, heads),
    ...(known.length === 0 ? [] : [completeRow(known, published, topics), orderRow(known), onceRow(known)]),
    timeRow(received, heads, published !== null),
    bytesRow(payload, receivedBytes),
  ]
}

function seqRow(received: readonly Received[], heads: readonly (MessageHead | undefined)[]): Row {
  const index = heads.indexOf(undefined)
  if (index < 0) return row('seq', 'met', `${heads[0]?.seq} to ${heads.at(-1)?.seq}`)
  const text = JSON.stringify(received[index]?.text.toString('utf8', 0, 40))
  return row(
    'seq',
    'missing',
    `none in ${text}`,
    'say where it is: target.message.seq, a JSON pointer such as /data/id, or a codec',
  )
}

function completeRow(heads: readonly MessageHead[], published: readonly number[] | null, topics: Topics): Row {
  if (published === null) {
    const missing = gaps(heads)
    if (missing === 0) return row('complete', 'met', 'no gap in the numbers')
    return row(
      'complete',
      'missing',
      `${missing} numbers were left out`,
      'a seq has to count up by one in its topic: see target.message.topic',
    )
  }
  const seen = new Set(heads.map(({ topic, seq }) => topics.position(topic, seq)))
  const lost = published.filter((position) => !seen.has(position))
  const [first] = lost
  if (first === undefined) return row('complete', 'met', `all ${published.length}`)
  const { topic, seq } = topics.at(first)
  const hint =
    topic === null || heads.some((head) => head.topic !== null)
      ? 'it has accepted them: does it hand on everything?'
      : 'the feed has several topics: say where a message has its own, target.message.topic'
  const such = topic === null ? `${seq}` : `${seq} of the topic ${JSON.stringify(topic)}`
  return row('complete', 'missing', `${lost.length} of ${published.length} did not come, such as ${such}`, hint)
}

function gaps(heads: readonly MessageHead[]): number {
  return [...byTopic(heads).values()].reduce((sum, seqs) => {
    const distinct = new Set(seqs)
    return sum + Math.max(...distinct) - Math.min(...distinct) + 1 - distinct.size
  }, 0)
}

function orderRow(heads: readonly MessageHead[]): Row {
  const swapped = [...byTopic(heads).values()].reduce(
    (sum, seqs) => sum + seqs.filter((seq, index) => index > 0 && seq < (seqs[index - 1] as number)).length,
    0,
  )
  if (swapped === 0) return row('order', 'met', 'ascending')
  return row('order', 'note', `${swapped} came after a later one`, 'they count as reordered in a run, and are not lost')
}

function onceRow(heads: readonly MessageHead[]): Row {
  const again = [...byTopic(heads).values()].reduce((sum, seqs) => sum + seqs.length - new Set(seqs).size, 0)
  if (again === 0) return row('once', 'met', 'no duplicate')
  return row('once', 'missing', `${again} came again`, 'does it honour the cursor? see cursor and next in target.paths')
}

function timeRow(received: readonly Received[], heads: readonly (MessageHead | undefined)[], isOurs: boolean): Row {
  if (isOurs) {
    if (heads.some((head) => head?.publishedUs !== undefined))
      return row('time', 'met', 'follows from the schedule; p is there for transit')
    return row(
      'time',
      'note',
      'latency follows from the schedule; transit cannot be told',
      'message.published is where a p of ours lies in your envelope',
    )
  }
  const late = heads.flatMap((head, index) =>
    head?.intendedUs === undefined ? [] : [(received[index]?.receivedUs ?? 0) - head.intendedUs],
  )
  const [first] = late
  if (first === undefined)
    return row('time', 'note', 'no time: latency cannot be measured', 'name target.message.time, with timeUnit and clock')
  const worst = late.reduce((most, us) => (Math.abs(us) > Math.abs(most) ? us : most), first)
  if (Math.abs(worst) <= PLAUSIBLE_US) return row('time', 'met', `${(worst / 1e3).toFixed(1)} ms before it was received, at most`)
  return row(
    'time',
    'missing',
    `${Math.round(worst / 1e6)} s before it was received`,
    'see timeUnit (us, ms, s) and clock (unix, monotonic) of target.message',
  )
}

function bytesRow(payload: number, receivedBytes: number): Row {
  if (receivedBytes >= payload) return row('bytes', 'met', `${receivedBytes} B for ${payload} B of messages`)
  return row(
    'bytes',
    'note',
    `${receivedBytes} B for ${payload} B of messages`,
    'fewer than the messages have: they are compressed',
  )
}

function byTopic(heads: readonly MessageHead[]): Map<string | null, number[]> {
  const topics = new Map<string | null, number[]>()
  for (const { topic, seq } of heads) topics.set(topic, [...(topics.get(topic) ?? []), seq])
  return topics
}

export function headOf(codec: Codec, text: Buffer): MessageHead | undefined {
  try {
    return codec.readHead(text)
  } catch {
    return undefined
  }
}

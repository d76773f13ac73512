import type { Json } from '../model/role.js'

/** What one message between processes carries at most, in characters of JSON text. */
const PART_LENGTH = 1 << 20

/** JSON over a transport of strings, in parts. */
export interface Channel {
  send(message: Json): void
  onMessage(listener: (message: Json) => void): void
}

interface Part {
  id: number
  /** From 0. */
  part: number
  parts: number
  text: string
}

/** Anything that carries small messages both ways in order: `process` in a child, a `ChildProcess` in its parent. */
interface Pipe {
  send?(message: unknown): boolean
  on(event: 'message', listener: (message: unknown) => void): unknown
}

export function channelOver(pipe: Pipe): Channel {
  let nextId = 0
  const arriving = new Map<number, string[]>()
  return {
    send(message) {
      const text = JSON.stringify(message)
      const parts = Math.max(1, Math.ceil(text.length / PART_LENGTH))
      const id = nextId++
      for (let part = 0; part < parts; part++) {
        const piece: Part = { id, part, parts, text: text.slice(part * PART_LENGTH, (part + 1) * PART_LENGTH) }
        pipe.send?.(piece)
      }
    },
    onMessage(listener) {
      pipe.on('message', (message) => {
        const { id, part, parts, text } = message as Part
        const texts = arriving.get(id) ?? []
        texts[part] = text
        if (texts.length < parts) {
          arriving.set(id, texts)
          return
        }
        arriving.delete(id)
        listener(JSON.parse(texts.join('')) as Json)
      })
    },
  }
}

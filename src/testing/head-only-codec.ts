import { type Codec, NotAMessage } from '../feed/codec.js'

/** As another server might write: `{"n":<seq>,"of":"<topic>","payload":…}`, neither with the time it was due nor with that of its publishing. */
export const headOnlyCodec: Codec = {
  encode({ seq, topic, data }) {
    return Buffer.from(`{"n":${seq},"of":${JSON.stringify(topic)},"payload":${data}}`)
  },

  readHead(text) {
    const head = /^\{"n":(\d+),"of":(null|"[^"]*"),"payload":/.exec(text.toString())
    if (head === null) throw new NotAMessage(text)
    return { seq: Number(head[1]), topic: JSON.parse(head[2] as string) as string | null }
  },
}

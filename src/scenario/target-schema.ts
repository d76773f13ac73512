import { z } from 'zod'
import { parsePointer } from '../feed/json-pointer.js'
import { duration } from '../transports/options.js'

/** The key `target`: a server of the user's own. What its keys mean together is checked in `target.ts`. */

const path = z
  .string()
  .max(2_048)
  .regex(/^\/[\x21-\x7e]*$/, { error: 'E_VALUE expected a path that begins with /, without spaces' })
  .describe('Path, with a query where it needs one')
const parameter = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9._~-]+$/, { error: 'E_VALUE expected the name of a query parameter' })
const pointer = z
  .string()
  .max(500)
  .refine((text) => parsePointer(text) !== undefined, { error: 'E_VALUE expected a JSON pointer such as /data/seq' })

const cursor = parameter.describe('Query parameter that takes the cursor')
const poll = {
  path,
  cursor: cursor.default('after'),
  messages: pointer.default('/messages').describe('To the list of messages in an answer; "" where the answer is the list'),
  next: pointer
    .default('/next')
    .describe('To the cursor of the next poll in an answer; -1 is the last of a list, as in /messages/-1/seq'),
}

const surfaces = {
  polling: z.union([path, z.strictObject(poll)]).describe('GET, answered at once'),
  'long-polling': z
    .union([
      path,
      z.strictObject({
        ...poll,
        hold: parameter.optional().describe('Query parameter that says how long to hold; without it the server decides'),
        holdUnit: z.enum(['ms', 's']).default('ms').describe('Of hold'),
      }),
    ])
    .describe('GET, held until there is a message'),
  'http-streaming': z
    .union([path, z.strictObject({ path, cursor: cursor.optional() })])
    .describe('GET, a line of JSON a message, never ends'),
  sse: z
    .union([
      path,
      z.strictObject({
        path,
        cursor: cursor.optional(),
        events: z
          .array(z.string().min(1).max(100))
          .min(1)
          .max(100)
          .optional()
          .describe('Names of the events that are messages; without it those without a name'),
      }),
    ])
    .describe('text/event-stream'),
  websocket: z
    .union([
      path,
      z.strictObject({
        path,
        cursor: cursor.optional(),
        protocol: z
          .string()
          .max(200)
          .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: 'E_VALUE expected the name of a subprotocol' })
          .optional()
          .describe('Subprotocol to ask for'),
        send: z.string().max(65_536).optional().describe('First text that a client sends, such as a subscription'),
      }),
    ])
    .describe('A message each over an upgraded connection'),
}

const message = z
  .strictObject({
    seq: pointer.default('/seq').describe('A whole number that counts up by one, in each topic'),
    topic: pointer.optional().describe('A text; without it there is one topic'),
    time: pointer.optional().describe('When the server published the message'),
    timeUnit: z.enum(['us', 'ms', 's']).default('ms').describe('Of time'),
    clock: z.enum(['unix', 'monotonic']).default('unix').describe('unix: since 1970; monotonic: CLOCK_MONOTONIC of this machine'),
    published: pointer.optional().describe("To the p of feedbench's own message, where a server wraps it"),
  })
  .describe('Where in a JSON message its parts are, as JSON pointers')

const values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()], { error: 'E_TYPE expected a text' }))

const publish = z
  .union([
    path,
    z.strictObject({
      path: path.optional().describe('Where messages are posted to'),
      url: z.string().max(2_048).optional().describe('The same, where it is another server'),
      websocket: path.optional().describe('Messages are sent over a WebSocket instead'),
      method: z.enum(['POST', 'PUT']).default('POST').describe('Of the request that publishes'),
      headers: values.default({}).describe(`\${NAME} in a value is taken from the environment`),
      connections: z
        .int()
        .min(1)
        .max(256)
        .default(1)
        .describe('How many posts may be on the way at once; with more than one, messages may overtake each other'),
    }),
  ])
  .describe('How messages get to the server; without it the server publishes by itself')

export const targetSchema = z
  .strictObject({
    command: z
      .union([z.string().min(1).max(4_096), z.array(z.string().max(4_096)).min(1).max(200)])
      .optional()
      .describe('Starts the server, without a shell: a list, or words between spaces; {port} in it is the port'),
    cwd: z
      .string()
      .min(1)
      .max(4_096)
      .optional()
      .describe('Folder to start it in, relative to this file; default: that of this file'),
    env: values.default({}).describe(`Variables beside those of your shell; \${NAME} in a value is taken from there`),
    portVariable: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, { error: 'E_VALUE expected the name of a variable' })
      .default('PORT')
      .describe('The variable that tells the port'),
    ready: path
      .optional()
      .describe('The server is ready when this path is answered with a status below 400; default: when it takes a connection'),
    readyTimeout: duration(100e3, 600e6, '100ms to 10m').prefault('30s').describe('How long that may take'),
    url: z.string().max(2_048).optional().describe('Of a server that runs already, such as http://127.0.0.1:3000'),
    paths: z
      .object(surfaces)
      .partial()
      .catchall(path)
      .optional()
      .describe("Which transports it has, and where; default: those of feedbench's own server"),
    message: message.optional(),
    codec: z
      .string()
      .min(1)
      .max(4_096)
      .optional()
      .describe('Path of a module that reads messages, instead of message: default export {readHead(bytes), encode?(message)}'),
    publish: publish.optional(),
  })
  .optional()
  .describe("A server of your own to measure; without it feedbench's own")

export type TargetInput = z.infer<typeof targetSchema>

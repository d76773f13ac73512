import { z } from 'zod'
import { LONGEST_EXPECTATION, parseExpectation } from '../analysis/expectation.js'
import type { Published } from '../model/published.js'

const expectation = z
  .string()
  .max(LONGEST_EXPECTATION)
  .check((context) => {
    try {
      parseExpectation(context.value)
    } catch (error) {
      context.issues.push({ code: 'custom', message: `E_VALUE ${(error as Error).message}`, input: context.value })
    }
  })

const figure = z.strictObject({
  what: z.string().min(1).max(300).describe('What the figure is'),
  published: z
    .union([z.string().max(100), z.number()], { error: 'E_TYPE expected the figure as the source has it, with its unit' })
    .optional()
    .describe('As the source has it; left out for what follows from the figures but is not in the source'),
  expect: expectation.describe(
    'What must come out here: <name> <operator> <value> [within <tolerance>], such as p99 == 1270ms within 5%',
  ),
})

/** The key `published` of a scenario. */
export const publishedSchema = z
  .strictObject({
    source: z.string().min(1).max(300).describe('Authors and title'),
    year: z.int().min(1900).max(2100).describe('When it was published'),
    link: z
      .string()
      .regex(/^https?:\/\/\S+$/, { error: 'E_VALUE expected an address that begins with http' })
      .max(500)
      .optional()
      .describe('Where it can be read'),
    setup: z.string().min(1).max(2_000).describe('What they measured, and how this scenario differs from it'),
    figures: z.array(figure).min(1).max(50).describe('What was published, and what must come out'),
    explanation: z.string().min(1).max(4_000).describe('Why what is measured here differs from what was published'),
  })
  .describe('A published result that this scenario measures again')

export function toPublished(input: z.infer<typeof publishedSchema>): Published {
  return {
    ...input,
    link: input.link ?? null,
    figures: input.figures.map(({ what, published, expect }) => ({
      what,
      published: published === undefined ? null : String(published),
      expect,
    })),
  }
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './command.js'

/** The documents of the repository, by their paths in it. */
export const DOCUMENTS = [...markdownOf('.', false), ...markdownOf('docs', true), ...markdownOf('.github', true)].sort()

export function textOf(document: string): string {
  return readFileSync(join(ROOT, document), 'utf8')
}

/** The insides of the fenced blocks of a language. */
export function blocksOf(document: string, language: string): string[] {
  return [...textOf(document).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, block]) => block as string,
  )
}

/** Without fenced and indented blocks. */
export function proseOf(document: string): string {
  return textOf(document)
    .replace(/^```[\s\S]*?^```$/gm, '')
    .replace(/^ {4}.*$/gm, '')
}

/** What a reader could type: lines of `sh` blocks, and code in the text that begins like a command. */
export function commandsOf(document: string): string[] {
  const lines = blocksOf(document, 'sh').flatMap((block) => block.split('\n').map((line) => line.replace(/\s+# .*$/, '').trim()))
  const inline = [...proseOf(document).matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map(([, code]) => code as string)
  return [
    ...lines.filter((line) => line !== '' && !line.startsWith('#')),
    ...inline.filter((code) => /^(npm|npx|node|curl|feedbench) (?!--version)|^\.ci\//.test(code)),
  ]
}

function markdownOf(folder: string, recursive: boolean): string[] {
  return readdirSync(join(ROOT, folder), { recursive, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))
}

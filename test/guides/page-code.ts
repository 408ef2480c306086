import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The code of a page of docs/, of one language, block by block. */
export function pageCode(page: string, language: string): string[] {
  const text = readFileSync(resolve(import.meta.dirname, '../../docs', page), 'utf8');
  const found = Array.from(
    text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms')),
    ([, code = '']) => code,
  );
  if (found.length === 0) throw new Error(`docs/${page} has no ${language}`);
  return found;
}

/** The commands of a page, each in one line, without what follows as a comment. */
export function pageCommands(page: string): string[] {
  return pageCode(page, 'bash')
    .flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'))
    .map((line) => line.replace(/\s+#\s.*$/, '').trim())
    .filter((line) => line !== '');
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Findings {
  readonly passes: readonly object[];
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly help: string;
    readonly nodes: readonly { readonly target: readonly unknown[]; readonly any: readonly { message: string }[] }[];
  }[];
}

/** What axe-core finds serious or critical in a page, or in a part of it, a line each, by its colours of now. */
export async function seriousFindings(page: Page, selector = 'html'): Promise<string[]> {
  // Evaluated, since as a script of its own the page's content security policy would refuse it.
  await page.evaluate(source);
  const { violations, passes } = await page.evaluate<Findings>(`axe.run(${JSON.stringify(selector)})`);
  if (passes.length < 5) throw new Error(`axe looked at next to nothing of ${selector}.`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, any }) => `${id} (${help}): ${JSON.stringify(target)} ${any[0]?.message ?? ''}`),
    );
}

/** In light and in dark. */
export async function seriousFindingsInBoth(page: Page, selector = 'html'): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    found.push(...(await seriousFindings(page, selector)).map((finding) => `${colorScheme}: ${finding}`));
  }
  return found;
}

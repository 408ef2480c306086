import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** The scripts that the pages of a folder name, and the workers that those start, without `.js`. */
function entriesOf(web: string): string[] {
  const read = (name: string) => readFileSync(join(web, name), 'utf8');
  const names = readdirSync(web);
  const scripts = names
    .filter((name) => name.endsWith('.html'))
    .flatMap((name) => Array.from(read(name).matchAll(/src="\/assets\/([\w/-]+)\.js"/g), ([, script]) => script));
  const workers = names
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => Array.from(read(name).matchAll(/new URL\('\.\/([\w-]+)\.js'/g), ([, worker]) => worker));
  return [...new Set([...scripts, ...workers])].filter((name) => name !== undefined);
}

/**
 * Leaves each page's script in `target` as one file, the SDK in it. A browser then waits for one request, and not for
 * one module after another to name the next.
 */
export async function bundlePages(web: string, sdk: string, target: string): Promise<void> {
  await build({
    entryPoints: entriesOf(web).map((name) => join(web, `${name}.ts`)),
    outdir: target,
    outbase: web,
    // The library that draws charts comes as it is.
    external: ['/dashboard/charts/*'],
    ...{ bundle: true, minify: true, format: 'esm', target: 'es2022', legalComments: 'none', logLevel: 'warning' },
    plugins: [
      {
        name: 'sdk',
        setup({ onResolve }) {
          onResolve({ filter: /^\/sdk\/[\w-]+\.js$/ }, ({ path }) => ({
            path: join(sdk, path.slice('/sdk/'.length).replace(/\.js$/, '.ts')),
          }));
        },
      },
    ],
  });
}

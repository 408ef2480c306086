import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

/** Where the pages and the browser SDK lie: compiled beside ours in the npm package, as TypeScript in the repository. */
export interface BrowserRoots {
  readonly web: string;
  readonly sdk: string;
  /** Swagger UI, for the document pages. */
  readonly apiDocs: string;
  /** uPlot, for the dashboard. */
  readonly charts: string;
}

export function findBrowserRoots(): BrowserRoots {
  const packageRoot = join(import.meta.dirname, '../..');
  const packed = {
    web: join(packageRoot, 'web'),
    sdk: join(packageRoot, 'sdk'),
    apiDocs: join(packageRoot, 'api-docs'),
    charts: join(packageRoot, 'charts'),
  };
  if (existsSync(packed.web)) return packed;
  return {
    web: join(packageRoot, '../../web'),
    sdk: join(packageRoot, '../client/src'),
    apiDocs: join(packageRoot, '../../node_modules/swagger-ui-dist'),
    charts: join(packageRoot, '../../node_modules/uplot/dist'),
  };
}

interface Stripped {
  readonly modifiedMs: number;
  readonly code: string;
}

/** Gives browsers the TypeScript of the repository as JavaScript, with the types blanked out: no build step. */
export class TypeStripper {
  readonly #byPath = new Map<string, Stripped>();

  /** The module at `path`, a `.ts` file or a `.js` one that a `.ts` stands for; undefined where there is none. */
  async strip(path: string): Promise<string | undefined> {
    const source = path.replace(/\.js$/, '.ts');
    if (!source.endsWith('.ts') || (source !== path && existsSync(path))) return undefined;
    const modifiedMs = await stat(source).then(
      (stats) => (stats.isFile() ? stats.mtimeMs : undefined),
      () => undefined,
    );
    if (modifiedMs === undefined) return undefined;
    const cached = this.#byPath.get(source);
    if (cached?.modifiedMs === modifiedMs) return cached.code;
    const code = stripTypeScriptTypes(await readFile(source, 'utf8'));
    this.#byPath.set(source, { modifiedMs, code });
    return code;
  }
}

import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const server = resolve(import.meta.dirname, '../../packages/server');

/** Removes what build.ts made. */
export function clean(): void {
  for (const made of ['dist', 'web', 'sdk', 'api-docs', 'charts', 'LICENSE', 'README.md']) {
    rmSync(join(server, made), { recursive: true, force: true });
  }
}

if (import.meta.main) clean();

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { wireTypes } from './wire-types.ts';

// The clients as JavaScript with declarations: the browser SDK for its own package, for the server's, and for the
// reference; the client for backends for its package.

const root = resolve(import.meta.dirname, '../..');
const protocol = '@bitbasel/protocol';

/** Leaves the compiled client in `target`, in the place of what was there. */
export function buildClient(target: string, name: 'client' | 'node-client' = 'client'): void {
  const compiled = mkdtempSync(join(tmpdir(), 'bitbasel-client-'));
  try {
    const config = join(import.meta.dirname, `tsconfig.${name}.json`);
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', config, '--outDir', compiled], { stdio: 'inherit' });
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    cpSync(join(compiled, name, 'src'), target, { recursive: true });
  } finally {
    rmSync(compiled, { recursive: true });
  }
  writeWireTypes(target);
}

/** The wire types are no package of the registry: those that the client names go along with it, without their schemas. */
function writeWireTypes(target: string): void {
  const named = new Set<string>();
  for (const file of readdirSync(target).filter((name) => name.endsWith('.d.ts'))) {
    const declarations = readFileSync(join(target, file), 'utf8');
    const imports = new RegExp(`\\{([^{}]*)\\} from '${protocol}'|import\\(["']${protocol}["']\\)\\.(\\w+)`, 'g');
    for (const [, list, single] of declarations.matchAll(imports))
      for (const name of (single ?? list ?? '').split(',')) named.add(name.trim());
    // The compiler renames imports in scripts alone.
    const renamed = declarations.replaceAll(protocol, './protocol.js').replace(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'");
    writeFileSync(join(target, file), renamed);
  }
  named.delete('');
  writeFileSync(join(target, 'protocol.d.ts'), wireTypes([...named].sort()));
}

if (import.meta.main) buildClient(join(root, 'packages/client/dist'));

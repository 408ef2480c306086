import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { wireTypes } from './wire-types.ts';

// The browser SDK as JavaScript with declarations: for its own package, for the server's, and for the reference.

const root = resolve(import.meta.dirname, '../..');
const protocol = '@bitbasel/protocol';

/** Leaves the compiled SDK in `target`, in the place of what was there. */
export function buildClient(target: string): void {
  const compiled = mkdtempSync(join(tmpdir(), 'bitbasel-client-'));
  try {
    const config = join(import.meta.dirname, 'tsconfig.client.json');
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', config, '--outDir', compiled], { stdio: 'inherit' });
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    cpSync(join(compiled, 'client/src'), target, { recursive: true });
  } finally {
    rmSync(compiled, { recursive: true });
  }
  writeWireTypes(target);
}

/** The wire types are no package of the registry: those that the SDK names go along with it, without their schemas. */
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

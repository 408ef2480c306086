import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildClient } from './package/client.ts';

// docs/api/client.md: the SDK's reference, from its declarations as they are packed. `npm run documents` writes it;
// client-reference.test.ts shows when that is due.

const client = resolve(import.meta.dirname, '../packages/client');

export const clientReferencePath = resolve(import.meta.dirname, '../docs/api/client.md');

const header = `Made by \`npm run documents\` from the declarations in packages/client; how to begin is in its README.md.

`;

const options = {
  plugin: ['typedoc-plugin-markdown'],
  ...{ readme: 'none', outputFileStrategy: 'modules', hidePageHeader: true, hideBreadcrumbs: true },
  ...{ parametersFormat: 'table', propertiesFormat: 'table', typeDeclarationFormat: 'table' },
  ...{ interfacePropertiesFormat: 'table', classPropertiesFormat: 'table', propertyMembersFormat: 'table' },
  ...{ excludePrivate: true, excludeProtected: true, excludeExternals: true, disableSources: true },
  // A type that the reference does not describe is one that index.ts does not export.
  ...{ treatWarningsAsErrors: true, logLevel: 'Warn' },
};

/** The reference's text. */
export function clientReference(): string {
  // Below the package, where TypeDoc is found, and with it the TypeScript that it needs.
  const folder = mkdtempSync(join(client, 'dist-'));
  try {
    buildClient(join(folder, 'sdk'));
    const compilerOptions = { strict: true, module: 'nodenext', target: 'es2024', lib: ['es2024', 'dom'], types: [] };
    const files = [join(folder, 'sdk/index.d.ts')];
    const tsconfig = join(folder, 'tsconfig.json');
    const out = join(folder, 'out');
    writeFileSync(tsconfig, JSON.stringify({ compilerOptions, files }));
    const settings = join(folder, 'typedoc.json');
    writeFileSync(settings, JSON.stringify({ ...options, entryPoints: files, tsconfig, out }));
    const typedoc = join(client, 'node_modules/typedoc/bin/typedoc');
    execFileSync(process.execPath, [typedoc, '--options', settings], { cwd: client, stdio: 'inherit' });
    const [title, ...text] = readFileSync(join(out, 'README.md'), 'utf8').split('\n\n');
    return `${title}\n\n${header}${text.join('\n\n')}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) writeFileSync(clientReferencePath, clientReference());

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { bundlePages } from './bundle-pages.ts';
import { clean } from './clean.ts';
import { buildClient } from './client.ts';

// What `npm pack` puts into the tarball, made in packages/server just before and removed just after (clean.ts):
//
//   dist/   the server, and in dist/protocol the wire types, which are no package of the registry
//   web/    the pages, each script in one file
//   sdk/    the browser SDK
//   api-docs/  what the document page needs of Swagger UI
//   charts/    what the dashboard needs of uPlot
//
// All of it is compiled, because Node strips no types below node_modules.

const root = resolve(import.meta.dirname, '../..');
const server = join(root, 'packages/server');
const dist = join(server, 'dist');
const compiled = join(dist, 'compiled');

function compile(project: 'server' | 'browser'): void {
  const config = join(import.meta.dirname, `tsconfig.${project}.json`);
  execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', config], { stdio: 'inherit' });
}

function buildServer(): void {
  compile('server');
  for (const entry of readdirSync(join(compiled, 'server/src'))) {
    renameSync(join(compiled, 'server/src', entry), join(dist, entry));
  }
  renameSync(join(compiled, 'protocol/src'), join(dist, 'protocol'));
  rmSync(compiled, { recursive: true });
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (extname(file) === '.js') nameProtocol(join(dist, file));
  }
}

/** The compiler renames relative imports only. */
function nameProtocol(path: string): void {
  const protocol = `./${relative(dirname(path), join(dist, 'protocol/index.js'))}`;
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll(`'@bitbasel/protocol'`, `'${protocol}'`));
}

async function buildBrowser(): Promise<void> {
  const sdk = join(server, 'sdk');
  buildClient(sdk);
  // The pages are checked against its declarations, which browsers have no use for.
  compile('browser');
  for (const file of readdirSync(sdk)) if (file.endsWith('.d.ts')) rmSync(join(sdk, file));
  rmSync(compiled, { recursive: true });
  await bundlePages(join(root, 'web'), join(root, 'packages/client/src'), join(server, 'web'));
  cpSync(join(root, 'web'), join(server, 'web'), { recursive: true, filter: (path) => extname(path) !== '.ts' });
}

try {
  clean();
  mkdirSync(dist);
  buildServer();
  await buildBrowser();
  const ui = join(root, 'node_modules/swagger-ui-dist');
  for (const file of [
    'swagger-ui.css',
    'swagger-ui-bundle.js',
    'LICENSE',
    'NOTICE',
    'swagger-ui-bundle.js.LICENSE.txt',
  ])
    cpSync(join(ui, file), join(server, 'api-docs', file));
  const uplot = join(root, 'node_modules/uplot');
  for (const file of ['dist/uPlot.esm.js', 'dist/uPlot.min.css', 'LICENSE'])
    cpSync(join(uplot, file), join(server, 'charts', basename(file)));
  for (const file of ['LICENSE', 'README.md']) cpSync(join(root, file), join(server, file));
} catch (error) {
  clean();
  throw error;
}

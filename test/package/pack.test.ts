import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Program } from '../support/program.ts';

// The npm tarball, as somebody gets it who has no checkout: installed into an empty folder and started.

const root = resolve(import.meta.dirname, '../..');
// Without the Node of this checkout before it, so that the package has to bring its own.
const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(root));
const environment = { PATH: path.join(delimiter) };

let folder: string;
let contents: string[];
let server: Program;
let baseUrl: string;

function npm(directory: string, ...args: string[]): string {
  const env = { ...process.env, ...environment };
  return execFileSync('npm', args, { cwd: directory, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bitbasel-pack-'));
  npm(root, 'pack', '--workspace', 'bitbasel-media-server', '--pack-destination', folder);
  const tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'none.tgz');
  contents = execFileSync('tar', ['-tf', tarball], { encoding: 'utf8' }).trim().split('\n');
  npm(folder, 'init', '--yes');
  npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball);

  const ports = ['--port=0', '--server.http_alias_port=false', '--server.signaling_alias_port=false', '--media.port=0'];
  const command = join(folder, 'node_modules/.bin/bitbasel');
  server = new Program(command, { arguments: ['--host=127.0.0.1', ...ports], directory: folder, environment });
  const [, port] = await server.printed(/http:\/\/localhost:(\d+)/);
  baseUrl = `http://127.0.0.1:${port}`;
});

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function get(url: string): Promise<{ type: string | null; text: string }> {
  const response = await fetch(new URL(url, baseUrl));
  expect(`${url}: ${response.status}`).toBe(`${url}: 200`);
  return { type: response.headers.get('content-type'), text: await response.text() };
}

it('answers health', async () => {
  expect(JSON.parse((await get('/health')).text)).toMatchObject({ status: 'healthy', service: 'media_server' });
});

it.each(['/', '/live', '/watch/some-room'])('serves %s with everything it loads, all of it compiled', async (page) => {
  const { text } = await get(page);
  const waiting = Array.from(text.matchAll(/(?:src|href)="(\/(?:assets|sdk)\/[^"]+)"/g), ([, url]) => String(url));
  expect(waiting.length).toBeGreaterThan(1);
  const loaded = new Set<string>();
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    if (loaded.has(url)) continue;
    loaded.add(url);
    const asset = await get(url);
    if (!url.endsWith('.js')) continue;
    expect(asset.type).toContain('text/javascript');
    waiting.push(
      ...importsOf(asset.text).map((specifier) => new URL(specifier, new URL(String(url), baseUrl)).pathname),
    );
  }
  expect([...loaded].filter((url) => url.endsWith('.ts'))).toEqual([]);
  expect([...loaded]).toContain('/assets/style.css');
});

function importsOf(module: string): string[] {
  const specifiers = module.matchAll(/(?:^|\n)(?:import|export)\b[^'"]*['"]([^'"]+)['"]|new URL\('([^']+\.js)'/g);
  return Array.from(specifiers, ([, imported, worker]) => String(imported ?? worker));
}

it('holds the licence and no tests and no sources', () => {
  expect(contents).toContain('package/LICENSE');
  expect(contents).toContain('package/README.md');
  expect(contents.filter((file) => /\.test\.|\.ts$|test-peer/.test(file))).toEqual([]);
});

it('leaves nothing behind in the checkout', () => {
  expect(readdirSync(join(root, 'packages/server')).filter((name) => ['dist', 'web', 'sdk'].includes(name))).toEqual(
    [],
  );
});

it('ends when it is told to', async () => {
  expect(await server.stop()).toBe(0);
});

it('says what is wrong with a setting, and exits with 2', async () => {
  const command = join(folder, 'node_modules/.bin/bitbasel');
  const refused = new Program(command, { arguments: ['--server.prot=1'], directory: folder, environment });
  expect(await refused.exitCode()).toBe(2);
  expect(refused.output).toContain('server.port');
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
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
let browser: Browser;

function npm(directory: string, ...args: string[]): string {
  const env = { ...process.env, ...environment };
  return execFileSync('npm', args, { cwd: directory, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bitbasel-pack-'));
  npm(root, 'pack', '--workspace', 'bitbasel-media-server', '--pack-destination', folder);
  const tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'none.tgz');
  contents = execFileSync('tar', ['-tf', tarball], { encoding: 'utf8' }).trim().split('\n');
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball);

  const ports = [
    '--port=0',
    '--drain.deadline_seconds=0',
    '--server.http_alias_port=false',
    '--server.signaling_alias_port=false',
    '--media.port=0',
    // By name, so that it must be there and fit this machine.
    '--media.transport=native',
  ];
  const command = join(folder, 'node_modules/.bin/bitbasel');
  server = new Program(command, { arguments: ['--host=127.0.0.1', ...ports], directory: folder, environment });
  const [, port] = await server.printed(/http:\/\/localhost:(\d+)/);
  baseUrl = `http://127.0.0.1:${port}`;
  browser = await launchChromium();
  // npm fetches what its cache has not got.
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('answers health', async () => {
  const response = await fetch(`${baseUrl}/health`);
  expect(await response.json()).toMatchObject({ status: 'healthy', service: 'media_server' });
});

it.each(['/', '/live', '/watch/some-room', '/dashboard'])('serves %s with all it loads, compiled', async (url) => {
  const page = await browser.newPage();
  const loaded: string[] = [];
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('response', (response) => {
    loaded.push(new URL(response.url()).pathname);
    if (!response.ok()) faults.push(`${response.url()}: ${response.status()}`);
  });
  await page.goto(baseUrl + url, { waitUntil: 'load' });
  await page.close();
  expect(faults).toEqual([]);
  expect(loaded).toContain('/assets/style.css');
  expect(loaded.filter((path) => path.endsWith('.js'))).not.toEqual([]);
  expect(loaded.filter((path) => path.endsWith('.ts'))).toEqual([]);
});

it('has a watch page that waits for one script and one style sheet, of less than 100 kB together', async () => {
  const page = await browser.newPage();
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('Network.enable');
  const paths = new Map<string, string>();
  const bytes = new Map<string, number>();
  devTools.on('Network.requestWillBeSent', ({ requestId, request }) =>
    paths.set(requestId, new URL(request.url).pathname),
  );
  devTools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) =>
    bytes.set(paths.get(requestId) ?? requestId, encodedDataLength),
  );
  await page.goto(`${baseUrl}/watch/some-room`, { waitUntil: 'load' });
  await page.getByText('Waiting for the host').first().waitFor();
  await page.close();
  const picture = '/assets/favicon.svg';
  const critical = [...paths.values()].filter((path) => path !== picture);
  // Whatever else was asked for would have been named by one of these: the chain is page, script.
  expect(critical.sort()).toEqual(['/assets/style.css', '/assets/watch.js', '/watch/some-room']);
  const total = critical.reduce((sum, path) => sum + (bytes.get(path) ?? 0), 0);
  console.log(`watch page: ${critical.length} requests, ${(total / 1000).toFixed(1)} kB`);
  expect(total).toBeGreaterThan(10_000);
  expect(total).toBeLessThan(100_000);
});

it('draws the charts of the dashboard, from its own files', async () => {
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('response', (response) => response.ok() || faults.push(`${response.url()}: ${response.status()}`));
  await page.goto(`${baseUrl}/dashboard`);
  await page.locator('#server-charts canvas').first().waitFor();
  await page.close();
  expect(faults).toEqual([]);
});

it('shows the calls and the messages, from its own files and within the content policy', async () => {
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('request', (request) => {
    if (!request.url().startsWith(baseUrl) && !request.url().startsWith('data:')) faults.push(request.url());
  });
  await page.goto(`${baseUrl}/docs`);
  await page.getByText('/rooms/{room_id}').first().waitFor();
  await page.goto(`${baseUrl}/docs/websocket`);
  await page.getByText('welcome: The answer to a join').waitFor();
  await page.close();
  expect(faults).toEqual([]);
});

it('carries a stream', async () => {
  const page = await browser.newPage();
  await page.goto(`${baseUrl}/live?room=packed&source=pattern&autostart=1`);
  const isActive = async () => Object(await (await fetch(`${baseUrl}/room/packed/stats`)).json()).is_active;
  await expect.poll(isActive, { timeout: 30_000 }).toBe(true);
  await page.close();
});

it('holds the licence and no tests and no sources', () => {
  expect(contents).toContain('package/LICENSE');
  expect(contents).toContain('package/README.md');
  expect(contents).toContain('package/config.schema.json');
  expect(contents.filter((file) => /\.test\.|\.ts$/.test(file))).toEqual([]);
});

it('leaves nothing behind in the checkout', () => {
  expect(
    readdirSync(join(root, 'packages/server')).filter((name) => ['dist', 'web', 'sdk', 'api-docs'].includes(name)),
  ).toEqual([]);
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

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { transform } from 'esbuild';
import type { Browser as Chromium } from 'playwright-core';
import type { Browser as Firefox } from 'puppeteer-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { launchFirefox } from '../support/firefox.ts';
import { lightVideo } from '../support/light-video.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { pageCode } from './page-code.ts';

// The pages that docs/guides tells people to write, as they stand there, from an origin of their own.

let pages: Server;
let origin: string;
let media: MediaServerProcess;
let chromium: Chromium;
let firefox: Firefox;

beforeAll(async () => {
  const [watch = '', live = ''] = pageCode('guides/html.md', 'html');
  const files: Readonly<Record<string, string>> = { '/watch.html': watch, '/live.html': live };
  pages = createServer(({ url = '' }, response) => {
    const html = files[url]?.replaceAll('http://localhost:8082', media.url);
    response.writeHead(html === undefined ? 404 : 200, { 'content-type': 'text/html' }).end(html);
  });
  await new Promise<void>((done) => pages.listen(0, '127.0.0.1', done));
  origin = `http://localhost:${(pages.address() as AddressInfo).port}`;
  media = await MediaServerProcess.start({ ...lightVideo, 'cors.origins': JSON.stringify([origin]) });
  [chromium, firefox] = await Promise.all([launchChromium(), launchFirefox()]);
});

afterAll(async () => {
  await Promise.all([chromium?.close(), firefox?.close(), media?.stop()]);
  pages?.close();
});

it('plain HTML: a host in Firefox, a viewer in Chromium who came before', async () => {
  const viewer = await chromium.newPage();
  await viewer.goto(`${origin}/watch.html`);
  const player = "document.querySelector('bitbasel-player')";
  const shown = () => viewer.evaluate<string | undefined>(`${player}.session?.state`);
  await eventually(shown, (state) => state === 'waiting', 'the viewer to wait');
  const host = await firefox.newPage();
  await host.goto(`${origin}/live.html`);
  await host.click('#start');
  await eventually(shown, (state) => state === 'live', 'the viewer to be live');
  await eventually(
    () => viewer.evaluate<number>(`${player}.video.currentTime`),
    (seconds) => seconds > 1,
    'the picture to move',
  );
  expect(await viewer.evaluate(`${player}.video.muted`)).toBe(false);
  expect(await host.evaluate("document.getElementById('state').textContent")).toBe('live');
  expect(await host.evaluate("document.getElementById('preview').srcObject.active")).toBe(true);
});

it('React: the code compiles, and takes what the SDK and the example have', async () => {
  const [code = ''] = pageCode('guides/react.md', 'tsx');
  const { warnings } = await transform(code, { loader: 'tsx', jsx: 'automatic' });
  expect(warnings).toEqual([]);
  const root = resolve(import.meta.dirname, '../..');
  const imports = Array.from(
    code.matchAll(/^import \{ (\w+) \} from '(.*)';$/gm),
    ([, name, from]) => `${name} ${from}`,
  );
  expect(imports).toEqual([
    'openCamera @bitbasel/client',
    'useState react',
    'usePublish ./use-publish.ts',
    'useWatch ./use-watch.ts',
  ]);
  // By its path: the SDK is checked against the types of browsers, and tests are not.
  expect(await import(resolve(root, 'packages/client/src/index.ts'))).toHaveProperty('openCamera');
  for (const [file, hook] of [
    ['use-publish.ts', 'export function usePublish(room: string, stream: MediaStream | null, options: PublishOptions'],
    ['use-watch.ts', 'export function useWatch(room: string, options: WatchOptions'],
  ] as const)
    expect(readFileSync(resolve(root, 'examples/react/src', file), 'utf8')).toContain(hook);
});

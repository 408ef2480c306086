import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { lightVideo } from '../support/light-video.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { Program } from '../support/program.ts';

// The React example: its types are checked, it is built, and the build goes live and is watched in real Chromium.

const example = resolve(import.meta.dirname, '../../examples/react');

let built: string;
let pages: Program;
let origin: string;
let server: MediaServerProcess;
let browser: Browser;

function npm(...args: string[]): void {
  execFileSync('npm', ['--prefix', example, ...args], { cwd: example, encoding: 'utf8', stdio: 'pipe' });
}

async function open(query: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`${origin}?room=react${query}`);
  return page;
}

beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), 'bitbasel-react-'));
  npm('ci', '--prefer-offline', '--no-audit', '--no-fund');
  npm('run', 'build', '--', '--outDir', built, '--emptyOutDir');
  server = await MediaServerProcess.start(lightVideo);
  // Vite's own server of what was built, with the way to the media server that the example has while it is developed.
  const preview = ['preview', '--outDir', built, '--host', '127.0.0.1', '--port', '0'];
  const environment = { MEDIA_SERVER: server.url, NO_COLOR: '1' };
  pages = new Program(join(example, 'node_modules/.bin/vite'), { arguments: preview, directory: example, environment });
  [origin = ''] = await pages.printed(/http:\/\/127\.0\.0\.1:\d+\//);
  browser = await launchChromium();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await pages?.stop();
  await server?.stop();
  rmSync(built, { recursive: true, force: true });
});

it('goes live with its hook, and is watched with the other', async () => {
  const host = await open('&host');
  await host.getByRole('button', { name: 'Go live' }).click();
  await host.getByText('live, 0 watching').waitFor({ timeout: 60_000 });
  const viewer = await open('');
  const frames = () =>
    viewer.evaluate<number>(`document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames`);
  await eventually(frames, (count) => count > 20, 'a moving picture');
  await host.getByText('live, 1 watching').waitFor();
  await host.getByRole('button', { name: 'Mute' }).click();
  expect(await host.getByRole('button', { name: 'Mute', pressed: true }).count()).toBe(1);
  await host.getByRole('button', { name: 'Stop' }).click();
  await viewer.getByText(/^waiting/).waitFor();
});

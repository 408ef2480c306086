import type { StreamWarning } from '@bitbasel/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';

let server: MediaServerProcess;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([MediaServerProcess.start(), launchChromium()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function warningCodes(): Promise<string[]> {
  const { warnings } = await server.json<{ warnings: StreamWarning[] }>('/rooms/stage');
  return warnings.map(({ code }) => code);
}

it('a host in a browser who is muted reads so on the Go live page, until it is heard again', async () => {
  const page = await browser.newPage();
  await page.goto(`${server.url}/live?room=stage&source=pattern&autostart=1`);
  await page.locator('#share').waitFor({ state: 'visible' });
  const enableAudio = (enabled: boolean) =>
    page.evaluate(`for (const track of preview.srcObject.getAudioTracks()) track.enabled = ${enabled};`);
  const warnings = page.locator('#warnings');

  await enableAudio(false);
  await warnings.filter({ hasText: 'silent' }).waitFor({ state: 'visible' });
  expect(await warnings.textContent()).toContain('not muted');
  // Nothing else is wrong with what the test pattern sends.
  expect(await warningCodes()).toEqual(['silent-audio']);
  expect(server.output).toContain('stream warning');

  await enableAudio(true);
  await warnings.waitFor({ state: 'hidden' });
  await eventually(warningCodes, (codes) => codes.length === 0, 'warnings of a host who is heard again');
});

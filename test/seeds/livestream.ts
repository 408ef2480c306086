import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { launchChromium } from '../support/chromium.ts';

// The backend's three livestream calls, with real browsers as broadcaster and viewer.

const userId = 'user_456';
const pageScript = readFileSync(join(import.meta.dirname, 'livestream-page.js'), 'utf8');
let browser: Browser | undefined;

interface LivestreamAnswer {
  room_id: string;
  session_id: string;
  type: string;
  sdp: string;
}

export async function closeBrowser(): Promise<void> {
  await browser?.close();
}

async function openPage(server: string): Promise<Page> {
  browser ??= await launchChromium();
  const page = await browser.newPage();
  await page.goto(`${server}/health`);
  await page.evaluate(pageScript);
  return page;
}

async function post<Answer>(url: string, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  expect(`${url}: ${response.status} ${text}`).toContain(': 200 ');
  return JSON.parse(text);
}

async function isActive(server: string, roomId: string): Promise<boolean> {
  return Object(await (await fetch(`${server}/room/${roomId}/stats`)).json()).is_active;
}

/** "Creates room in media server, returns WebRTC offer", which a browser then answers. */
export async function startLivestream(server: string): Promise<void> {
  const started = await post<LivestreamAnswer>(`${server}/livestream/start`, { user_id: userId });
  expect(started).toMatchObject({
    type: 'offer',
    room_id: expect.any(String),
    sdp: expect.stringContaining('m=video'),
  });
  const host = await openPage(server);
  const sdp = await host.evaluate(`livestream.answer(${JSON.stringify(started.sdp)})`);
  await post(`${server}/livestream/answer`, { session_id: started.session_id, sdp });
  await host.evaluate('livestream.connected()');
  await expect.poll(() => isActive(server, started.room_id)).toBe(true);
}

/** "Connects to media server room, returns WebRTC answer": the browser shows the host's picture. */
export async function joinLivestream(server: string): Promise<void> {
  const viewer = await openPage(server);
  const sdp = await viewer.evaluate('livestream.offer()');
  const joined = await post<LivestreamAnswer>(`${server}/livestream/${userId}/join`, { sdp });
  expect(joined).toMatchObject({ type: 'answer', sdp: expect.stringContaining('m=video') });
  await viewer.evaluate(`livestream.accept(${JSON.stringify(joined.sdp)})`);
  await viewer.evaluate('livestream.firstFrame()');
}

/** "Destroys room in media server". */
export async function endLivestream(server: string): Promise<void> {
  const rooms = await (await fetch(`${server}/rooms`)).text();
  expect(rooms).toContain(userId);
  const ended = await post<{ status: string; room_id: string }>(`${server}/livestream/end`, { user_id: userId });
  expect(ended.status).toBe('stopped');
  expect((await fetch(`${server}/rooms/${ended.room_id}`)).status).toBe(404);
}

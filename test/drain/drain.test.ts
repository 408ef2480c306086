import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MediaEvent, RoomInfo } from '@bitbasel/protocol';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createClientPeer } from '../../packages/server/src/transport/datachannel/client-peer.ts';
import { WebhookReceiver } from '../restart/webhook-receiver.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { negotiate, publishOffer } from '../support/whip-peer.ts';

// A host and a viewer in Chromium, on the server's own pages, while that server is told to end: SIGTERM.

const folder = mkdtempSync(join(tmpdir(), 'bitbasel-drain-'));
const patient = { 'drain.deadline_seconds': '600', 'drain.spread_seconds': '1', 'log.level': 'error' };
const servers: MediaServerProcess[] = [];
let browser: Browser;
let pages: Page[] = [];

beforeAll(async () => {
  browser = await launchChromium();
});

afterEach(async () => {
  for (const page of pages.splice(0)) await page.close();
  for (const server of servers.splice(0)) await server.kill();
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(settings: Record<string, string>): Promise<MediaServerProcess> {
  const server = await MediaServerProcess.start(settings);
  servers.push(server);
  return server;
}

interface Handle {
  readonly session?: { readonly state: string };
  stats(): Promise<{ framesDecoded: number }>;
}

function stateOf(page: Page): Promise<string | undefined> {
  return page.evaluate(() => (globalThis as unknown as { bitbasel: Handle }).bitbasel.session?.state);
}

async function seesPicture(viewer: Page): Promise<void> {
  const frames = () =>
    viewer.evaluate(async () => (await (globalThis as unknown as { bitbasel: Handle }).bitbasel.stats()).framesDecoded);
  const before = await frames();
  await eventually(frames, (now) => now > before + 30, 'a moving picture');
}

/** A host and a viewer who sees it. */
async function goLive({ url }: MediaServerProcess): Promise<Page> {
  pages = [await browser.newPage(), await browser.newPage()];
  const [host, viewer] = pages as [Page, Page];
  await host.goto(`${url}/live?room=stage&source=pattern&autostart=1`);
  await eventually(
    () => stateOf(host),
    (state) => state === 'live',
    'the host to be live',
  );
  await viewer.goto(`${url}/watch/stage`);
  await seesPicture(viewer);
  return viewer;
}

it('sends host and viewer to the other server, and ends with 0 when they have gone, long before its deadline', async () => {
  const other = await start({ 'log.level': 'error' });
  const server = await start({ ...patient, 'drain.reconnect_url': other.url });
  const viewer = await goLive(server);
  expect(await server.stop()).toBe(0);
  await eventually(
    () => other.json<{ rooms: RoomInfo[] }>('/rooms'),
    ({ rooms }) => rooms[0]?.has_host === true && rooms[0].viewer_count === 1,
    'both to be at the other server',
  );
  await seesPicture(viewer);
});

it('comes back on the same ports with its rooms, and they with it; no room was told to have ended', async () => {
  const receiver = new WebhookReceiver();
  const endpoint = { url: await receiver.start(), secret: receiver.secret };
  const settings = {
    ...patient,
    ...{ 'history.mode': 'sqlite', 'history.path': join(folder, 'history.sqlite') },
    'webhooks.endpoints': JSON.stringify([endpoint]),
  };
  const server = await start(settings);
  const viewer = await goLive(server);
  const before = await server.json<RoomInfo>('/rooms/stage');
  const ports = { 'server.port': String(server.port), 'media.port': String(server.mediaPort) };

  expect(await server.stop()).toBe(0);
  const typesTold = () => receiver.distinct.map(({ type }: MediaEvent) => type);
  expect(typesTold()).toEqual(expect.arrayContaining(['room.started', 'host.live', 'viewer.joined']));
  const next = await start({ ...settings, ...ports });

  const after = await eventually(
    () => next.json<RoomInfo>('/rooms/stage'),
    ({ has_host, viewer_count }) => has_host && viewer_count === 1,
    'both to be back',
  );
  expect(after).toMatchObject({ room_id: 'stage', created_at: before.created_at, owner: before.owner });
  await seesPicture(viewer);
  await eventually(typesTold, (types) => types.includes('host.back'), 'the host to be told of');
  expect(typesTold()).not.toContain('room.ended');
  await receiver.stop();
});

it('waits for a session that cannot be asked, and ends at once upon a second signal', async () => {
  const server = await start({ ...patient, 'log.level': 'info' });
  const encoder = await createClientPeer();
  await negotiate(encoder, `${server.url}/whip/stage`, publishOffer(encoder.remote));
  await encoder.connected;
  let code: number | null | undefined;
  const ended = server.stop().then((given) => {
    code = given;
  });
  await eventually(
    async () => (await fetch(`${server.url}/health/ready`)).status,
    (status) => status === 503,
    'it to drain',
  );
  await eventually(
    () => server.signal('SIGINT') ?? code,
    (given) => given !== undefined,
    'the second signal to end it',
  );
  await ended;
  encoder.close();
  expect(code).toBe(0);
  expect(server.output).toMatch(/"role":"host"[^\n]*"reason":"shutdown"[^\n]*"msg":"session closed"/);
});

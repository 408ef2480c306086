import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signToken } from '../../packages/server/src/auth/sign-token.ts';
import { offers } from '../../packages/server/src/test-support/rooms.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';

const secret = 'the secret of these tests, long enough';
const folder = mkdtempSync(join(tmpdir(), 'bitbasel-kick-'));
const settings = {
  ...{ 'history.mode': 'sqlite', 'history.path': join(folder, 'history.sqlite') },
  ...{ 'auth.secret': secret, 'log.level': 'error' },
};
let server: MediaServerProcess;

beforeAll(async () => {
  server = await MediaServerProcess.start(settings);
});

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const sign = (sub: string, grant: 'publish' | 'manage') =>
  signToken({ room: 'stage', grants: [grant], sub }, secret, { ttlSeconds: 600, nowMs: Date.now() });

async function publish(token: string): Promise<{ status: number; text: string }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' };
  const response = await fetch(`${server.url}/whip/stage`, { method: 'POST', headers, body: offers.host });
  return { status: response.status, text: await response.text() };
}

it('who was kicked stays out after the server was killed the moment it had said so', async () => {
  const [eve, bob, manager] = [await sign('eve', 'publish'), await sign('bob', 'publish'), await sign('ann', 'manage')];
  expect(await publish(eve)).toMatchObject({ status: 201 });
  const headers = { authorization: `Bearer ${manager}` };
  const sessionOf = async () =>
    (await server.json<{ hosts: { session_id: string }[] }>('/rooms/stage/quality', { headers })).hosts[0]?.session_id;
  const session = await eventually(sessionOf, (id) => id !== undefined, 'the session to be listed');
  await server.json(`/rooms/stage/sessions/${session}`, { method: 'DELETE', headers });
  await server.kill();

  server = await MediaServerProcess.start(settings);
  const refused = await publish(eve);
  expect([refused.status, JSON.parse(refused.text).code]).toEqual([401, 'token_revoked']);
  expect(await publish(bob)).toMatchObject({ status: 201 });
});

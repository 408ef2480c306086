import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RoomInfo } from '@bitbasel/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';

// A disk of 300 KiB fills up under a running server. Only root can mount one.

const isRoot = process.getuid?.() === 0;
const disk = mkdtempSync(join(tmpdir(), 'bitbasel-disk-'));
const settings = { 'history.mode': 'sqlite', 'history.path': join(disk, 'history.sqlite'), 'rooms.max_rooms': '1000' };
let server: MediaServerProcess | undefined;

beforeAll(() => {
  if (isRoot) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', disk]);
});

afterAll(async () => {
  await server?.stop();
  if (isRoot) execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
});

interface Health {
  readonly history: { readonly status: string; readonly detail?: string };
}

it.skipIf(!isRoot)(
  'holds no room up while the disk is full, and has all of them again once there was room',
  async () => {
    const running = await MediaServerProcess.start(settings);
    server = running;
    const health = async () => (await running.json<Health>('/health')).history;
    const headers = { 'content-type': 'application/json' };
    for (let number = 0; number < 150; number += 1)
      await running.json('/rooms', { method: 'POST', headers, body: JSON.stringify({ room_id: `r${number}` }) });
    expect(await health()).toMatchObject({ status: 'failing', detail: expect.stringContaining('full') });
    expect(running.output).toContain('history cannot be written');

    execFileSync('mount', ['-o', 'remount,size=20m', disk]);
    await eventually(health, ({ status }) => status === 'ok', 'the history to be written again');
    await running.kill();
    server = await MediaServerProcess.start(settings);
    const { rooms } = await server.json<{ rooms: RoomInfo[] }>('/rooms');
    expect(rooms.map(({ room_id }) => room_id)).toEqual(Array.from({ length: 150 }, (_, number) => `r${number}`));
  },
);

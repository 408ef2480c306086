import type { RoomInfo } from '@bitbasel/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type FrameCounts, GStreamerClient } from '../support/gstreamer.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { publishByFfmpeg } from '../support/whip-ffmpeg.ts';

// The real webrtcbin (with libnice, and OpenSSL through its own DTLS elements) publishes by WHIP and watches by WHEP.

let server: MediaServerProcess;
const clients: GStreamerClient[] = [];

beforeAll(async () => {
  server = await MediaServerProcess.start();
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.stop()));
  await server?.stop();
});

function start(role: 'publish' | 'watch', path: string, flags: readonly string[]): GStreamerClient {
  const client = new GStreamerClient(role, server.url + path, flags);
  clients.push(client);
  return client;
}

const room = (id: string) => server.json<RoomInfo>(`/rooms/${id}`).catch(() => undefined);
const untilLive = (id: string, host?: GStreamerClient) =>
  eventually(
    async () => [(await room(id))?.has_host, host?.output],
    ([hasHost]) => hasHost === true,
    `a host in ${id}`,
  );

/** Two seconds of both. */
const isSeenAndHeard = ({ video, audio }: FrameCounts) => video > 60 && audio > 100;
const untilSeenAndHeard = (viewer: GStreamerClient) =>
  eventually(
    () => ({ ...viewer.counts, output: viewer.output }),
    isSeenAndHeard,
    'decoded pictures and sound at GStreamer',
  );

it.each([
  ['vp8', 'with all its candidates in the offer', ['--codec', 'VP8']],
  ['h264', 'with all its candidates in the offer', ['--codec', 'H264']],
  ['trickle', 'with candidates by PATCH', ['--codec', 'VP8', '--trickle']],
])('GStreamer publishes and watches: %s, %s', async (id, _how, flags) => {
  const host = start('publish', `/whip/${id}`, flags);
  await untilLive(id, host);
  const viewer = start('watch', `/whep/${id}`, flags);
  await untilSeenAndHeard(viewer);
  if (flags.includes('--trickle')) {
    for (const client of [host, viewer]) expect(client.output).toContain('{"method": "PATCH", "status": 204}');
  }
  for (const client of [viewer, host]) {
    expect(await client.stop()).toBe(0);
    expect(client.output).toContain('{"method": "DELETE", "status": 200}');
  }
  expect(await room(id)).toMatchObject({ has_host: false, viewer_count: 0 });
});

it('GStreamer watches what ffmpeg publishes', async () => {
  const ffmpeg = publishByFfmpeg(`${server.url}/whip/ffmpeg`, 60);
  await untilLive('ffmpeg');
  await untilSeenAndHeard(start('watch', '/whep/ffmpeg', ['--codec', 'H264']));
  await ffmpeg.kill();
});

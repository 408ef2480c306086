import type { RoomInfo } from '@bitbasel/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RtcPage } from '../browser/rtc-page.ts';
import { decodedBy, startAiortc } from '../support/aiortc.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import type { Program } from '../support/program.ts';
import { publishByFfmpeg } from '../support/whip-ffmpeg.ts';

// aiortc shares no code with the server, its transport or a browser: its own ICE, RTP and RTCP, with OpenSSL's DTLS.

/** It encodes and decodes within Python: on a busy machine frames come slowly. */
const patienceMs = 80_000;

let server: MediaServerProcess;
let browser: Browser;
const programs: Program[] = [];

beforeAll(async () => {
  server = await MediaServerProcess.start();
  browser = await launchChromium();
});

afterAll(async () => {
  await Promise.all(programs.map((program) => program.kill()));
  await browser?.close();
  await server?.stop();
});

function start(program: Program): Program {
  programs.push(program);
  return program;
}

const room = (id: string) => server.json<RoomInfo>(`/rooms/${id}`).catch(() => undefined);
const untilLive = (id: string, { output }: Program) =>
  eventually(
    async () => (await room(id)) ?? output,
    (info) => typeof info === 'object' && info.has_host,
    `a host in ${id}`,
    patienceMs,
  );

async function untilDecoded(viewer: Program): Promise<void> {
  await eventually(
    () => ({ ...decodedBy(viewer), output: viewer.output.slice(-500) }),
    ({ video, audio }) => video >= 30 && audio >= 50,
    'pictures and sound at aiortc',
    patienceMs,
  );
}

const hasNoViewers = (info: RoomInfo) => info.viewer_count === 0;
const hasNoHost = (info: RoomInfo) => !info.has_host;

/** It ends its session by DELETE, and the room knows. */
async function leave(id: string, program: Program, isGone: (room: RoomInfo) => boolean): Promise<void> {
  expect(await program.stop()).toBe(0);
  expect(program.output).toContain('{"method": "DELETE", "status": 200}');
  await eventually(
    () => room(id),
    (info) => info !== undefined && isGone(info),
    'it to be gone',
  );
}

it.each(['VP8', 'H264'])(
  'aiortc publishes %s, and Chromium and aiortc watch it',
  async (codec) => {
    const host = start(startAiortc('publish', `${server.url}/whip/${codec}`, ['--codec', codec]));
    await untilLive(codec, host);
    const page = await RtcPage.open(browser, server.url);
    const url = `${server.url}/whep/${codec}`;
    expect(await page.call('watch', { name: 'viewer', url })).toMatchObject({ status: 201 });
    const viewer = start(startAiortc('watch', url, ['--codec', codec]));
    const stats = await eventually(
      () => page.stats('viewer'),
      ({ videoIn, audioIn }) => (videoIn?.framesDecoded ?? 0) > 30 && (audioIn?.totalAudioEnergy ?? 0) > 0.001,
      'pictures and sound in Chromium',
      patienceMs,
    );
    expect(stats.videoCodec).toBe(`video/${codec}`);
    await untilDecoded(viewer);
    expect(await page.call('leave', { name: 'viewer' })).toBe(200);
    await page.page.close();
    await leave(codec, viewer, hasNoViewers);
    await leave(codec, host, hasNoHost);
  },
  3 * patienceMs,
);

it(
  'aiortc watches what ffmpeg publishes',
  async () => {
    const ffmpeg = start(publishByFfmpeg(`${server.url}/whip/ffmpeg`, 300));
    await untilLive('ffmpeg', ffmpeg);
    const viewer = start(startAiortc('watch', `${server.url}/whep/ffmpeg`, ['--codec', 'H264']));
    await untilDecoded(viewer);
    await leave('ffmpeg', viewer, hasNoViewers);
  },
  2 * patienceMs,
);

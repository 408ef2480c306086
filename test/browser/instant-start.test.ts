import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { encodeFilm, FfmpegHost, type Film } from '../support/ffmpeg-host.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { type Join, RtcPage } from './rtc-page.ts';

// A viewer sees a picture at once, whatever the host's key interval and however deaf the host is.

/**
 * `make instant-start` asks for 50 joins and holds them to their times. The short form, with the other tests, looks at
 * what was decoded and asked for only: a busy machine must not fail it.
 */
const measuredJoins = process.env.INSTANT_START_JOINS;
const joinCount = Number(measuredJoins ?? 4);

const folder = mkdtempSync(join(tmpdir(), 'bitbasel-films-'));
let browser: Browser;
let server: MediaServerProcess;
const films = new Map<string, Film>();

beforeAll(async () => {
  // Before anybody joins: encoders would take their CPU time.
  for (const film of await Promise.all([encodeFilm('VP8', folder), encodeFilm('H264', folder)]))
    films.set(film.codec, film);
  browser = await launchChromium();
  server = await MediaServerProcess.start();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function filmOf(codec: string): Film {
  const film = films.get(codec);
  if (film === undefined) throw new Error(`no film of ${codec}`);
  return film;
}

function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

// In the short form both wait at the same time.
const alike = measuredJoins === undefined ? describe.concurrent : describe;

alike.each(['VP8', 'H264'] as const)('a host of %s with ten seconds between keyframes, deaf to requests', (codec) => {
  it(
    'is seen at once by everyone who joins, whenever that is',
    async () => {
      const host = await FfmpegHost.start(`${server.url}/whip/${codec}`, filmOf(codec));
      try {
        await eventually(
          () => server.json<{ has_host: boolean }>(`/rooms/${codec}`),
          (room) => room.has_host,
          'the host to be live',
        );
        const page = await RtcPage.open(browser, server.url);
        const url = `${server.url}/whep/${codec}`;
        const joins: Join[] = [];
        for (let count = 0; count < joinCount; count += 1) {
          // Spread over the key interval; the numbers are the same at each run.
          await page.page.waitForTimeout(200 + ((count * 997) % 1400));
          joins.push(await page.call('join', { url }));
        }
        const firstFrames = joins.map(({ firstFrameMs }) => Math.round(firstFrameMs));
        const caughtUp = joins.map(({ liveAfterMs }) => Math.round(liveAfterMs));
        console.log(`${codec}: first frame ms ${firstFrames.join(' ')}; live after ms ${caughtUp.join(' ')}`);
        expect(host.keyframeRequests).toBe(0);
        for (const join of joins) {
          expect(join).toMatchObject({ keyFramesDecodedAtFirst: 1, pliCount: 0, nackCount: 0 });
        }
        if (measuredJoins === undefined) return;
        expect(percentile(firstFrames, 0.95)).toBeLessThan(300);
        expect(percentile(caughtUp, 0.95)).toBeLessThan(1000);
      } finally {
        await host.stop();
      }
    },
    joinCount * 10_000 + 60_000,
  );
});

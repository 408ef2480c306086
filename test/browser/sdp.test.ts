import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerPublisher } from '../../packages/server/src/sdp/answer-publisher.ts';
import { answerViewer } from '../../packages/server/src/sdp/answer-viewer.ts';
import {
  av1,
  h264,
  local,
  publishPolicy,
  viewPolicy,
  vp8,
  vp9,
} from '../../packages/server/src/sdp/negotiation-fixture.ts';
import { createPublisherOffer } from '../../packages/server/src/sdp/offer-publisher.ts';
import { createViewerOffer } from '../../packages/server/src/sdp/offer-viewer.ts';
import { parseDescription } from '../../packages/server/src/sdp/parse.ts';
import type { PublishPolicy } from '../../packages/server/src/sdp/policy.ts';
import { launchChromium } from '../support/chromium.ts';

/** What sdp-page.js tells of a negotiation. */
interface Outcome {
  readonly signalingState: string;
  readonly transceivers: readonly {
    readonly mid: string;
    readonly kind: string;
    readonly currentDirection: string;
    readonly sendCodecs: readonly string[];
    readonly receiveCodecs: readonly string[];
    readonly rids: readonly (string | null)[];
    readonly extensionUris: readonly string[];
  }[];
}

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launchChromium();
  page = await browser.newPage();
  await page.addInitScript({ path: new URL('./sdp-page.js', import.meta.url).pathname });
  await page.goto('about:blank');
});

afterAll(() => browser.close());

function inPage<T>(step: string, argument: unknown): Promise<T> {
  return page.evaluate<T>(`peers.${step}(${JSON.stringify(argument)})`);
}

function summary({ transceivers }: Outcome): string[] {
  return transceivers.map(({ kind, currentDirection }) => `${kind} ${currentDirection}`);
}

describe('Chromium publishes by its own offer', () => {
  async function publish(offer: object, policy: Partial<PublishPolicy> = {}) {
    const sdp = await inPage<string>('publisherOffer', offer);
    const answer = answerPublisher(parseDescription(sdp), local, { ...publishPolicy, ...policy });
    const outcome = await inPage<Outcome>('accept', answer.sdp);
    expect(summary(outcome)).toEqual(['audio sendonly', 'video sendonly']);
    const [audio, video] = outcome.transceivers;
    return { answer, audio, video };
  }

  test('and takes up what the room asks for', async () => {
    const { audio, video } = await publish({});
    expect(audio?.sendCodecs).toEqual([
      expect.stringMatching(/ opus .*maxaveragebitrate=128000;maxplaybackrate=48000/),
    ]);
    expect(audio?.sendCodecs[0]).toContain('stereo=1');
    expect(video?.sendCodecs).toEqual([
      expect.stringMatching(/ VP8 max-fr=30;x-google-max-/),
      expect.stringContaining('rtx'),
    ]);
  });

  test.each(['VP8', 'VP9', 'H264', 'AV1'] as const)('in the preferred codec, %s', async (videoCodec) => {
    const { answer, video } = await publish({}, { videoCodec });
    expect(video?.sendCodecs[0]).toContain(`${answer.tracks[1]?.payloadType} ${videoCodec}`);
    expect(video?.sendCodecs[1]).toBe(`${answer.tracks[1]?.rtxPayloadType} rtx apt=${answer.tracks[1]?.payloadType}`);
  });

  test('in three simulcast layers', async () => {
    const { answer, video } = await publish({ rids: ['q', 'h', 'f'] });
    expect(video?.rids).toEqual(['q', 'h', 'f']);
    expect(answer.tracks[1]?.encodings).toEqual([{ rid: 'q' }, { rid: 'h' }, { rid: 'f' }]);
    expect(video?.extensionUris).toContain('urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id');
  });
});

describe('Chromium publishes by our offer', () => {
  async function publish(policy: Partial<PublishPolicy>) {
    const offer = createPublisherOffer(local, { ...publishPolicy, ...policy });
    const { sdp, ...outcome } = await inPage<Outcome & { sdp: string }>('answer', { sdp: offer.sdp, publish: true });
    expect(summary(outcome)).toEqual(['audio sendonly', 'video sendonly']);
    return { tracks: offer.accept(parseDescription(sdp)).tracks, video: outcome.transceivers[1] };
  }

  test.each(['VP8', 'VP9', 'H264', 'AV1'] as const)('in the preferred codec, %s', async (videoCodec) => {
    const { tracks, video } = await publish({ videoCodec });
    expect(video?.sendCodecs[0]).toContain(`${tracks[1]?.payloadType} ${videoCodec}`);
    expect(tracks[1]?.codec.name).toBe(videoCodec);
    expect(tracks[1]?.encodings).toEqual([{ ssrc: expect.any(Number), rtxSsrc: expect.any(Number) }]);
  });

  test('in three simulcast layers', async () => {
    const { tracks, video } = await publish({ simulcastRids: ['q', 'h', 'f'] });
    expect(video?.rids).toEqual(['q', 'h', 'f']);
    expect(tracks[1]?.encodings).toEqual([{ rid: 'q' }, { rid: 'h' }, { rid: 'f' }]);
  });
});

describe('Chromium watches', () => {
  const hosts = [vp8, vp9, av1, h264('42e01f'), h264('640028')];
  test.each(hosts)('by its own offer, $name $fmtp', async (video) => {
    const sdp = await inPage<string>('viewerOffer', { kinds: ['audio', 'video', 'video'] });
    const answer = answerViewer(parseDescription(sdp), local, viewPolicy(video));
    const outcome = await inPage<Outcome>('accept', answer.sdp);
    expect(outcome.signalingState).toBe('stable');
    expect(summary(outcome).slice(0, 2)).toEqual(['audio recvonly', 'video recvonly']);
    expect(outcome.transceivers[1]?.extensionUris).not.toContain('urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id');
  });

  test.each(hosts)('by our offer, $name $fmtp', async (video) => {
    const offer = createViewerOffer(local, viewPolicy(video));
    const { sdp, ...outcome } = await inPage<Outcome & { sdp: string }>('answer', { sdp: offer.sdp, publish: false });
    expect(summary(outcome)).toEqual(['audio recvonly', 'video recvonly']);
    const { tracks } = offer.accept(parseDescription(sdp));
    expect(tracks[1]?.codecs[0]?.codec.name).toBe(video.name);
    expect(outcome.transceivers[1]?.receiveCodecs.join()).toContain(
      `${tracks[1]?.codecs[0]?.payloadType} ${video.name}`,
    );
  });

  test('audio alone', async () => {
    const sdp = await inPage<string>('viewerOffer', { kinds: ['audio'] });
    const { sdp: answer } = answerViewer(parseDescription(sdp), local, viewPolicy(vp8));
    expect(summary(await inPage<Outcome>('accept', answer))).toEqual(['audio recvonly']);
  });
});

import { describe, expect, test } from 'vitest';
import { SdpError } from './errors.ts';
import { av1, h264, local, publishPolicy, sectionOf, viewPolicy, vp8 } from './negotiation-fixture.ts';
import { createPublisherOffer } from './offer-publisher.ts';
import { createViewerOffer } from './offer-viewer.ts';
import { parseDescription } from './parse.ts';

/** A peer's answer to one of our offers: the transport its own, the rest as `change` makes it. */
function answerTo(offer: string, change: (sdp: string) => string = (sdp) => sdp): ReturnType<typeof parseDescription> {
  const turned = offer
    .replaceAll('a=recvonly', 'a=turned-sendonly')
    .replaceAll('a=sendonly', 'a=recvonly')
    .replaceAll('turned-', '')
    .replaceAll(/(a=rid:\w+|a=simulcast:)( ?)recv/g, '$1$2send')
    .replaceAll('a=setup:actpass', 'a=setup:active')
    .replaceAll(/a=ice-ufrag:.*/g, 'a=ice-ufrag:peer')
    .replaceAll(/a=(ice-lite|ssrc.*|msid.*)\r\n/g, '');
  return parseDescription(change(turned));
}

function refusal(attempt: () => unknown): SdpError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof SdpError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('an offer to a host', () => {
  const offer = createPublisherOffer(local, { ...publishPolicy, videoCodec: 'H264' });

  test('in full', async () => {
    await expect(offer.sdp).toMatchFileSnapshot('./fixtures/ours/publisher-offer.sdp');
  });

  test("has the room's codec first, in all its profiles, then the others", () => {
    expect(
      sectionOf(offer.sdp, 'video')
        .match(/a=rtpmap:\d+ (?!rtx)\w+/g)
        ?.map((line) => line.split(' ')[1]),
    ).toEqual(['H264', 'H264', 'H264', 'H264', 'H264', 'VP8', 'VP9', 'AV1']);
  });

  test('uses each payload type once in the bundle', () => {
    const payloadTypes = [...offer.sdp.matchAll(/a=rtpmap:(\d+)/g)].map(([, payloadType]) => Number(payloadType));
    expect(new Set(payloadTypes).size).toBe(payloadTypes.length);
    expect(payloadTypes.every((payloadType) => payloadType >= 96 && payloadType <= 127)).toBe(true);
  });

  test('asks for simulcast only with two layers or more', () => {
    const rids = (simulcastRids: readonly string[]) =>
      createPublisherOffer(local, { ...publishPolicy, simulcastRids }).sdp.match(/a=(rid|simulcast):.*/g);
    expect(rids(['l', 'h'])).toEqual(['a=rid:l recv', 'a=rid:h recv', 'a=simulcast:recv l;h']);
    expect(rids(['l'])).toBeNull();
  });

  test('is settled by the first codec of the answer', () => {
    const { tracks, remote } = offer.accept(answerTo(offer.sdp));
    expect(remote).toMatchObject({ ice: { ufrag: 'peer' }, dtlsRole: 'client' });
    expect(tracks.map(({ kind, payloadType }) => [kind, payloadType])).toEqual([
      ['audio', 111],
      ['video', 100],
    ]);
    const onlyVp8 = answerTo(offer.sdp, (sdp) => sdp.replace(/(m=video.*SAVPF).*/, '$1 96 97'));
    expect(offer.accept(onlyVp8).tracks[1]).toMatchObject({ codec: { name: 'VP8' }, rtxPayloadType: 97 });
  });

  test('may be answered with passive, without video, and with simulcast', () => {
    const simulcast = createPublisherOffer(local, { ...publishPolicy, simulcastRids: ['l', 'h'] });
    expect(simulcast.accept(answerTo(simulcast.sdp)).tracks[1]?.encodings).toEqual([{ rid: 'l' }, { rid: 'h' }]);
    const passive = answerTo(offer.sdp, (sdp) =>
      sdp.replaceAll('setup:active', 'setup:passive').replace(/m=video \d+/, 'm=video 0'),
    );
    const { remote, tracks } = offer.accept(passive);
    expect(remote.dtlsRole).toBe('server');
    expect(tracks.map(({ kind }) => kind)).toEqual(['audio']);
  });
});

describe('an offer to a viewer', () => {
  test('in full', async () => {
    const { sdp } = createViewerOffer(local, viewPolicy(vp8));
    await expect(sdp).toMatchFileSnapshot('./fixtures/ours/viewer-offer.sdp');
  });

  test("has the host's codec first", () => {
    const first = (policy: Parameters<typeof createViewerOffer>[1]) =>
      /a=rtpmap:\d+ \w+/.exec(sectionOf(createViewerOffer(local, policy).sdp, 'video'))?.[0];
    expect(first(viewPolicy(av1))).toBe('a=rtpmap:112 AV1');
    expect(first(viewPolicy(h264('640028')))).toBe('a=rtpmap:104 H264');
    expect(first(viewPolicy())).toBe('a=rtpmap:96 VP8');
  });

  test('is settled by what the answer keeps', () => {
    const offer = createViewerOffer(local, viewPolicy(vp8));
    const { tracks } = offer.accept(answerTo(offer.sdp, (sdp) => sdp.replace(/(m=video.*SAVPF).*/, '$1 96 98 99')));
    expect(tracks[1]).toMatchObject({ ssrc: 1002, rtxSsrc: 1003, cname: 'room-1' });
    expect(tracks[1]?.codecs.map(({ payloadType, rtxPayloadType }) => [payloadType, rtxPayloadType])).toEqual([
      [96, undefined],
      [98, 99],
    ]);
  });

  test('has sections for each host that can be shown, and is settled by those that the answer keeps', () => {
    const offer = createViewerOffer(local, viewPolicy(vp8, 3));
    expect(offer.sdp.match(/^m=\w+/gm)).toEqual(Array(3).fill(['m=audio', 'm=video']).flat());
    const refusedSecond = answerTo(offer.sdp, (sdp) =>
      sdp
        .replace(/(a=group:BUNDLE).*/, '$1 0 1 4 5')
        .split(/^(?=m=)/m)
        .map((section, index) => (index === 3 || index === 4 ? section.replace(/^(m=\w+) \d+/, '$1 0') : section))
        .join(''),
    );
    expect(offer.accept(refusedSecond).tracks.map(({ mid, ssrc, rtxSsrc }) => [mid, ssrc, rtxSsrc])).toEqual([
      ['0', 1001, 0],
      ['1', 1002, 1003],
      ['4', 1021, 0],
      ['5', 1022, 1023],
    ]);
  });

  test('is refused where the answer has no decoder for the host', () => {
    const offer = createViewerOffer(local, viewPolicy(av1));
    const answer = answerTo(offer.sdp, (sdp) => sdp.replace(/(m=video.*SAVPF).*/, '$1 96 97'));
    expect(refusal(() => offer.accept(answer))).toMatchObject({ code: 'codec_not_supported', status: 422 });
  });

  test('is not made where no browser has a decoder for the host', () => {
    const vp9Profile2 = { name: 'VP9', clockRate: 90_000, fmtp: { 'profile-id': '2' } } as const;
    expect(refusal(() => createViewerOffer(local, viewPolicy(vp9Profile2))).code).toBe('codec_not_supported');
  });
});

describe('an answer that does not fit', () => {
  const offer = createPublisherOffer(local, publishPolicy);
  test.each<[string, (sdp: string) => string]>([
    ['a section too few', (sdp) => sdp.replace(/m=video[\s\S]*/, '')],
    ['a section too many', (sdp) => `${sdp}m=audio 0 UDP/TLS/RTP/SAVPF 0\r\na=mid:2\r\n`],
    [
      'another order',
      (sdp) => sdp.replace('m=audio', 'm=was').replace('m=video', 'm=audio').replace('m=was', 'm=video'),
    ],
    ['another mid', (sdp) => sdp.replaceAll(/(mid:|BUNDLE )0/g, '$1x')],
    ['another payload type', (sdp) => sdp.replace('SAVPF 111', 'SAVPF 109').replaceAll(':111 ', ':109 ')],
  ])('%s', (_, change) => {
    expect(refusal(() => offer.accept(answerTo(offer.sdp, change)))).toMatchObject({
      code: 'answer_mismatch',
      status: 400,
    });
  });

  test.each<[string, (sdp: string) => string, string]>([
    ['nothing sent', (sdp) => sdp.replaceAll('a=sendonly', 'a=inactive'), 'no_media'],
    ['the wrong direction', (sdp) => sdp.replaceAll('a=sendonly', 'a=recvonly'), 'wrong_direction'],
    ['no bundle', (sdp) => sdp.replace(/a=group.*\r\n/, ''), 'bundle_required'],
    ['actpass', (sdp) => sdp.replaceAll('setup:active', 'setup:actpass'), 'dtls_setup_not_supported'],
    ['no codec', (sdp) => sdp.replace('SAVPF 111', 'SAVPF'), 'codec_not_supported'],
  ])('%s', (_, change, code) => {
    expect(refusal(() => offer.accept(answerTo(offer.sdp, change))).code).toBe(code);
  });
});

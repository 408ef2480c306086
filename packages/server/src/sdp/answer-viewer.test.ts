import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Codec } from '../rtp/parameters.ts';
import { answerViewer } from './answer-viewer.ts';
import { SdpError } from './errors.ts';
import { av1, h264, local, sectionOf, viewPolicy, vp8, vp9 } from './negotiation-fixture.ts';
import { parseDescription } from './parse.ts';
import type { ViewerAnswer } from './policy.ts';

const read = (name: string) => readFileSync(new URL(`./fixtures/${name}.sdp`, import.meta.url), 'utf8');
const chromium = read('chromium-viewer');
const firefox = read('firefox-viewer');

function answer(offer: string, video?: Codec): ViewerAnswer {
  return answerViewer(parseDescription(offer), local, viewPolicy(video));
}

function refusal(offer: string, video?: Codec): SdpError {
  try {
    answer(offer, video);
  } catch (error) {
    if (error instanceof SdpError) return error;
    throw error;
  }
  throw new Error('was answered');
}

test('the answer to Chromium, in full', async () => {
  await expect(answer(chromium, vp8).sdp).toMatchFileSnapshot('./fixtures/ours/viewer-answer.sdp');
});

describe('the codecs', () => {
  const names = ({ tracks }: ViewerAnswer) => tracks[1]?.codecs.map(({ codec }) => codec.name);

  test("the host's comes first, the others stay in the viewer's order", () => {
    expect([...new Set(names(answer(chromium, av1)))]).toEqual(['AV1', 'VP8', 'VP9', 'H264']);
    expect([...new Set(names(answer(chromium, vp9)))]).toEqual(['VP9', 'VP8', 'H264', 'AV1']);
    expect(sectionOf(answer(chromium, av1).sdp, 'video')).toMatch(/^m=video \d+ \S+ 45 46 96 97 /);
  });

  test("each has the viewer's payload types", () => {
    expect(answer(firefox, vp9).tracks[1]?.codecs.map((codec) => [codec.payloadType, codec.rtxPayloadType])).toEqual([
      [121, 125],
      [120, 124],
      [126, 127],
    ]);
  });

  test('H.264: the same profile if there is one, else the next that decodes it', () => {
    const first = (profileLevelId: string) => answer(chromium, h264(profileLevelId)).tracks[1]?.codecs[0]?.payloadType;
    expect(first('42e01f')).toBe(108);
    expect(first('42001f')).toBe(102);
    expect(first('4d0028')).toBe(116);
    expect(first('640020')).toBe(41);
  });

  test('without video from the host, the viewer may have it later', () => {
    const { tracks, sdp } = answer(chromium);
    expect(tracks[1]).toMatchObject({ kind: 'video', ssrc: 1002, codecs: [{ payloadType: 96 }, ...Array(9).fill({})] });
    expect(sectionOf(sdp, 'video')).toContain('a=sendonly');
  });
});

describe('what we send', () => {
  const { sdp, tracks } = answer(chromium, vp8);

  test('has the SSRCs of the policy, and one MediaStream', () => {
    const video = sectionOf(sdp, 'video');
    expect(video).toContain('a=ssrc-group:FID 1002 1003\r\n');
    for (const ssrc of [1002, 1003]) {
      expect(video).toContain(`a=ssrc:${ssrc} cname:room-1\r\na=ssrc:${ssrc} msid:room-1 video\r\n`);
    }
    expect(video).toContain('a=msid:room-1 video\r\n');
    expect(sectionOf(sdp, 'audio')).toContain('a=msid:room-1 audio\r\n');
    expect(tracks.map(({ ssrc, rtxSsrc, cname }) => [ssrc, rtxSsrc, cname])).toEqual([
      [1001, 0, 'room-1'],
      [1002, 1003, 'room-1'],
    ]);
  });

  test('has no rids', () => {
    expect(tracks[1]?.extensions).toEqual({
      mid: 4,
      rid: 0,
      repairedRid: 0,
      transportCc: 3,
      absSendTime: 2,
      audioLevel: 0,
      videoOrientation: 13,
      dependencyDescriptor: 0,
    });
    expect(sdp).not.toContain('rtp-stream-id');
  });

  test('has RED for a viewer that offers it, where the room has it', () => {
    const policy = { ...viewPolicy(vp8), audioRedundancy: true };
    const redundant = answerViewer(parseDescription(chromium), local, policy);
    expect(redundant.tracks[0]?.codecs).toMatchObject([{ payloadType: 111, redPayloadType: 63 }]);
    expect(sectionOf(redundant.sdp, 'audio')).toContain('a=fmtp:63 111/111\r\n');
    expect(tracks[0]?.codecs[0]?.redPayloadType).toBeUndefined();
    expect(sectionOf(sdp, 'audio')).not.toContain('red');
    const plain = answerViewer(parseDescription(firefox), local, { ...viewPolicy(vp9), audioRedundancy: true });
    expect(sectionOf(plain.sdp, 'audio')).not.toContain('red');
  });

  test("keeps Opus's in-band FEC", () => {
    expect(sectionOf(sdp, 'audio')).toContain('useinbandfec=1');
  });

  test('has no retransmission stream for audio', () => {
    const offer = chromium
      .replace('a=rtpmap:63 red/48000/2', 'a=rtpmap:63 rtx/48000/2')
      .replace('63 111/111', '63 apt=111');
    const [audio] = answer(offer, vp8).tracks;
    expect(audio?.codecs[0]?.rtxPayloadType).toBe(63);
    expect(audio?.rtxSsrc).toBe(0);
  });

  test('has no retransmission stream where the viewer has no format for it', () => {
    const { sdp, tracks } = answer(chromium.replaceAll(' rtx/90000', ' none/90000'), vp8);
    expect(tracks[1]?.rtxSsrc).toBe(0);
    expect(sdp).not.toContain('FID');
  });
});

describe('the sections', () => {
  test('a second video and a data channel are refused', () => {
    const { sdp, tracks } = answer(read('chromium-viewer-datachannel'), vp8);
    const lines = sdp.match(/m=\w+ \d+/g);
    expect(tracks.map(({ kind }) => kind)).toEqual(['video']);
    expect(lines?.filter((line) => line.endsWith(' 0'))).toHaveLength(2);
    expect(sdp).toContain(`a=group:BUNDLE ${tracks[0]?.mid}\r\n`);
  });

  test('video alone', () => {
    const only = chromium.replace('m=audio 9', 'm=audio 0');
    expect(answer(only, vp8).tracks.map(({ kind }) => kind)).toEqual(['video']);
  });

  test('sendrecv is answered with sendonly', () => {
    expect(answer(chromium.replaceAll('a=recvonly', 'a=sendrecv'), vp8).sdp.match(/a=send\w+/g)).toEqual([
      'a=sendonly',
      'a=sendonly',
    ]);
  });
});

describe('what cannot be done is named', () => {
  test('a host of another codec', () => {
    const error = refusal(firefox, av1);
    expect([error.code, error.status]).toEqual(['codec_not_supported', 422]);
    expect(error.message).toBe('the host sends AV1; the viewer takes VP8, VP9, H264 (profile-level-id=42e01f)');
  });

  test('a host of a higher H.264 profile', () => {
    expect(refusal(firefox, h264('640028')).code).toBe('codec_not_supported');
    expect(answer(firefox, h264('42c01f')).tracks[1]?.codecs[0]?.payloadType).toBe(126);
  });

  test('a host of another VP9 profile', () => {
    expect(refusal(firefox, { ...vp9, fmtp: { 'profile-id': '2' } }).message).toMatch(/VP9 \(profile-id=2\)/);
  });

  test('a viewer without any codec of ours', () => {
    const error = refusal(chromium.replaceAll('opus', 'speex'));
    expect(error.message).toMatch(/the host sends opus; the viewer takes nothing/);
  });

  test('a host that offers to view', () => {
    const error = refusal(read('obs-publisher'), vp8);
    expect([error.code, error.status]).toEqual(['wrong_direction', 400]);
    expect(error.message).toMatch(/sendonly; a viewer uses recvonly or sendrecv/);
  });
});

describe('several hosts', () => {
  /** Chromium's offer with so many sections of each kind, as a client that shows several hosts writes it. */
  function offerOf(pairs: number): string {
    const [head = '', audio = '', video = ''] = chromium.split(/^(?=m=)/m);
    const sections = Array.from({ length: pairs }, (_, slot) =>
      [audio, video].map((section, kind) => section.replace(/a=mid:.*/, `a=mid:${2 * slot + kind}`)),
    );
    const mids = sections.flat().map((_, index) => index);
    return head.replace(/a=group:BUNDLE.*/, `a=group:BUNDLE ${mids.join(' ')}`) + sections.flat().join('');
  }
  const several = (pairs: number, slots: number) =>
    answerViewer(parseDescription(offerOf(pairs)), local, viewPolicy(vp8, slots));

  test('each has sections, SSRCs and a MediaStream of its own', () => {
    const { sdp, tracks } = several(3, 3);
    expect(tracks.map(({ kind, mid, ssrc, rtxSsrc }) => [kind, mid, ssrc, rtxSsrc])).toEqual([
      ['audio', '0', 1001, 0],
      ['video', '1', 1002, 1003],
      ['audio', '2', 1011, 0],
      ['video', '3', 1012, 1013],
      ['audio', '4', 1021, 0],
      ['video', '5', 1022, 1023],
    ]);
    expect(sdp.match(/^a=msid:.*/gm)?.map((line) => line.trim())).toEqual([
      'a=msid:room-1 audio',
      'a=msid:room-1 video',
      'a=msid:room-1-1 audio-1',
      'a=msid:room-1-1 video-1',
      'a=msid:room-1-2 audio-2',
      'a=msid:room-1-2 video-2',
    ]);
    expect(sdp).toContain('a=group:BUNDLE 0 1 2 3 4 5\r\n');
  });

  test('sections beyond the slots are refused, and left out of the bundle', () => {
    const { sdp, tracks } = several(3, 2);
    expect(tracks.map(({ mid }) => mid)).toEqual(['0', '1', '2', '3']);
    expect(sdp.match(/^m=\w+ 0 /gm)).toEqual(['m=audio 0 ', 'm=video 0 ']);
    expect(sdp).toContain('a=group:BUNDLE 0 1 2 3\r\n');
  });

  test('a viewer with fewer sections keeps to those', () => {
    expect(several(1, 8).sdp).toBe(answer(chromium, vp8).sdp);
  });
});

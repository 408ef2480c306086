import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { answerPublisher } from './answer-publisher.ts';
import { SdpError, type SdpErrorCode } from './errors.ts';
import { local, publishPolicy, sectionOf } from './negotiation-fixture.ts';
import { parseDescription } from './parse.ts';
import type { PublisherAnswer, PublishPolicy } from './policy.ts';

const read = (name: string) => readFileSync(new URL(`./fixtures/${name}.sdp`, import.meta.url), 'utf8');
const chromium = read('chromium-publisher');

function answer(offer: string, policy: Partial<PublishPolicy> = {}): PublisherAnswer {
  return answerPublisher(parseDescription(offer), local, { ...publishPolicy, ...policy });
}

function refusal(offer: string): SdpError {
  try {
    answer(offer);
  } catch (error) {
    if (error instanceof SdpError) return error;
    throw error;
  }
  throw new Error('was answered');
}

describe('the answer to Chromium', () => {
  const { sdp, tracks, remote } = answer(chromium);

  test('in full', async () => {
    await expect(sdp).toMatchFileSnapshot('./fixtures/ours/publisher-answer.sdp');
  });

  test('tells of the tracks', () => {
    expect(tracks.map(({ kind, mid, payloadType }) => ({ kind, mid, payloadType }))).toEqual([
      { kind: 'audio', mid: '0', payloadType: 111 },
      { kind: 'video', mid: '1', payloadType: 96 },
    ]);
    expect(tracks[1]).toMatchObject({
      codec: { name: 'VP8', clockRate: 90_000, fmtp: {} },
      rtxPayloadType: 97,
      feedback: { nack: true, pli: true, fir: true, transportCc: true, remb: true },
      extensions: {
        mid: 4,
        rid: 10,
        repairedRid: 11,
        transportCc: 3,
        absSendTime: 2,
        audioLevel: 0,
        videoOrientation: 13,
        dependencyDescriptor: 0,
      },
    });
    const [, ssrc, rtxSsrc] = /FID (\d+) (\d+)/.exec(chromium) ?? [];
    expect(tracks[1]?.encodings).toEqual([{ ssrc: Number(ssrc), rtxSsrc: Number(rtxSsrc) }]);
  });

  test('leaves the ClientHello to the host', () => {
    expect(remote.dtlsRole).toBe('client');
    expect(remote.ice.ufrag).toBe(/ice-ufrag:(.*)/.exec(chromium)?.[1]);
  });
});

describe('the codec', () => {
  const video = (offer: string, policy?: Partial<PublishPolicy>) => answer(offer, policy).tracks[1];

  test('is the preferred one where it is offered', () => {
    expect(video(chromium, { videoCodec: 'AV1' })?.codec.name).toBe('AV1');
    expect(video(chromium, { videoCodec: 'VP9' })?.codec).toMatchObject({ name: 'VP9', fmtp: { 'profile-id': '0' } });
  });

  test('is the first that the host offers, otherwise', () => {
    expect(video(read('chromium-publisher-vp9'), { videoCodec: 'H264' })?.codec.name).toBe('VP9');
    expect(video(read('chromium-publisher-av1'))?.codec.name).toBe('AV1');
  });

  test('is constrained baseline among several H.264 profiles', () => {
    const track = video(chromium, { videoCodec: 'H264' });
    expect(track).toMatchObject({ payloadType: 108, rtxPayloadType: 109 });
    expect(track?.codec.fmtp['profile-level-id']).toBe('42e01f');
  });

  test('is the first H.264 profile where constrained baseline is not among them', () => {
    const track = video(chromium.replaceAll('=42e01f', '=4d001f'), { videoCodec: 'H264' });
    expect(track?.payloadType).toBe(102);
  });

  test('is High where the host has no other profile, and stands so in the answer', () => {
    const { sdp, tracks } = answer(read('obs-publisher'));
    expect(tracks[1]).toMatchObject({ payloadType: 96, codec: { fmtp: { 'profile-level-id': '640020' } } });
    expect(sdp).toMatch(/a=fmtp:96 profile-level-id=640020;packetization-mode=1;level-asymmetry-allowed=1/);
  });

  test('is the only one in each section', () => {
    expect(sectionOf(answer(chromium).sdp, 'video')).toMatch(/^m=video \d+ UDP\/TLS\/RTP\/SAVPF 96 97\r\n/);
    expect(sectionOf(answer(chromium).sdp, 'audio')).toMatch(/^m=audio \d+ UDP\/TLS\/RTP\/SAVPF 111\r\n/);
  });
});

describe('what the room asks of its host', () => {
  const video = (policy: Partial<PublishPolicy>, offer = chromium) => sectionOf(answer(offer, policy).sdp, 'video');

  test('video bitrate: the video alone, then all that the connection carries', () => {
    expect(video({ videoBitrateBps: 2_000_000 })).toContain('b=TIAS:2000000\r\nb=AS:2328\r\n');
    expect(video({ videoBitrateBps: 2_000_000 })).toContain('x-google-start-bitrate=1000;x-google-max-bitrate=2328');
    expect(video({ videoBitrateBps: 300_000 })).toContain('x-google-start-bitrate=300;');
  });

  test('video bitrate without audio leaves no room for it', () => {
    const alone = chromium.replace('m=audio 9', 'm=audio 0');
    expect(video({ videoBitrateBps: 2_000_000 }, alone)).toContain('b=AS:2200\r\n');
  });

  test('framerate', () => {
    expect(video({ maxFramerate: 24 })).toContain('a=framerate:24\r\n');
    expect(video({ maxFramerate: 24 })).toContain(';max-fr=24\r\n');
    expect(video({ maxFramerate: 24, videoCodec: 'H264' })).not.toContain('max-fr=');
  });

  test('audio bitrate and sample rate', () => {
    const audio = sectionOf(answer(chromium, { audioBitrateBps: 64_000, audioSampleRateHz: 16_000 }).sdp, 'audio');
    expect(audio).toContain(
      'a=fmtp:111 minptime=10;useinbandfec=1;usedtx=0;stereo=1;maxaveragebitrate=64000;maxplaybackrate=16000\r\n',
    );
    expect(audio).not.toContain('b=');
  });

  test('redundant audio: RED stands first, where the host offers it', () => {
    const audio = (policy: Partial<PublishPolicy>) => sectionOf(answer(chromium, policy).sdp, 'audio');
    expect(audio({ audioRedundancy: true })).toMatch(/^m=audio \d+ UDP\/TLS\/RTP\/SAVPF 63 111\r\n/);
    expect(audio({ audioRedundancy: true })).toContain('a=rtpmap:63 red/48000/2\r\n');
    expect(audio({ audioRedundancy: true })).toContain('a=fmtp:63 111/111\r\n');
    expect(answer(chromium, { audioRedundancy: true }).tracks[0]?.redPayloadType).toBe(63);
    expect(audio({})).not.toContain('red');
    expect(answer(chromium).tracks[0]?.redPayloadType).toBeUndefined();
    const others = chromium.replace('a=fmtp:63 111/111', 'a=fmtp:63 111/9');
    expect(answer(others, { audioRedundancy: true }).tracks[0]?.redPayloadType).toBeUndefined();
  });
});

describe('encodings', () => {
  test('rids, all accepted, in the order of the host', () => {
    const { sdp, tracks } = answer(read('chromium-publisher-simulcast'));
    expect(tracks[1]?.encodings).toEqual([{ rid: 'q' }, { rid: 'h' }, { rid: 'f' }]);
    expect(sdp).toContain('a=rid:q recv\r\na=rid:h recv\r\na=rid:f recv\r\na=simulcast:recv q;h;f\r\n');
  });

  test('SSRCs without retransmissions', () => {
    expect(answer(read('ffmpeg-publisher')).tracks.map(({ encodings }) => encodings)).toEqual([
      [{ ssrc: 3187254906 }],
      [{ ssrc: 1840562713 }],
    ]);
  });

  test('SSRCs in any order: the group tells which is the retransmission', () => {
    const groups = 'a=ssrc:7 cname:x\r\na=ssrc:6 cname:x\r\na=ssrc-group:FID 6 7\r\n';
    const { tracks } = answer(chromium.replace(/a=ssrc-group[\s\S]*/, groups));
    expect(tracks[1]?.encodings).toEqual([{ ssrc: 6, rtxSsrc: 7 }]);
  });

  test('no SSRC at all', () => {
    const silent = read('ffmpeg-publisher').replaceAll(/a=ssrc.*\r\n/g, '');
    expect(answer(silent).tracks.map(({ encodings }) => encodings)).toEqual([[{}], [{}]]);
  });

  test('dependency descriptors are taken for AV1, and not where the payload tells the layers', () => {
    const uri = 'dependency-descriptor-rtp-header-extension';
    const offer = read('chromium-publisher-simulcast');
    const [inAv1, inVp8] = [answer(offer, { videoCodec: 'AV1' }), answer(offer)];
    expect(inAv1.tracks.map(({ extensions }) => extensions.dependencyDescriptor)).toEqual([0, 12]);
    expect(sectionOf(inAv1.sdp, 'video')).toContain(`a=extmap:12 https://aomediacodec.github.io/av1-rtp-spec/#${uri}`);
    expect(inVp8.tracks.map(({ extensions }) => extensions.dependencyDescriptor)).toEqual([0, 0]);
    expect(inVp8.sdp).not.toContain(uri);
  });

  test('an SSRC group of simulcast streams', () => {
    const groups =
      'a=ssrc-group:SIM 1 2 3\r\na=ssrc-group:FID 1 11\r\na=ssrc-group:FID 2 12\r\na=ssrc-group:FID 3 13\r\n';
    expect(answer(chromium.replace(/a=ssrc-group[\s\S]*/, groups)).tracks[1]?.encodings).toEqual([
      { ssrc: 1, rtxSsrc: 11 },
      { ssrc: 2, rtxSsrc: 12 },
      { ssrc: 3, rtxSsrc: 13 },
    ]);
  });
});

describe('clients', () => {
  test('OBS: every simulcast layer is accepted, under its own extension ids', () => {
    const { sdp, tracks } = answer(read('obs-publisher-simulcast'));
    expect(sdp).toContain('a=simulcast:recv 0;1;2\r\n');
    expect(tracks[1]).toMatchObject({ extensions: { mid: 1, rid: 2, transportCc: 0 }, feedback: { fir: false } });
    expect(tracks[1]).not.toHaveProperty('rtxPayloadType');
  });

  test('ffmpeg: we send the ClientHello, and the answer fits into its 8192 bytes', () => {
    const { sdp, remote } = answer(read('ffmpeg-publisher'));
    expect(remote.dtlsRole).toBe('server');
    expect(sdp).toContain('a=setup:active\r\n');
    expect(Buffer.byteLength(sdp)).toBeLessThan(8192);
    expect(/a=candidate:.*/.exec(sdp)?.[0]).toMatch(/udp \d+ 192\.0\.2\.1 40000 typ host$/);
  });

  test('GStreamer: video first, and named mids', () => {
    const { sdp, tracks } = answer(read('gstreamer-publisher'));
    expect(sdp).toContain('a=group:BUNDLE video0 audio1\r\n');
    expect(tracks.map(({ mid, payloadType }) => [mid, payloadType])).toEqual([
      ['video0', 96],
      ['audio1', 97],
    ]);
    expect(tracks[1]?.feedback).toMatchObject({ nack: true, transportCc: false });
  });

  test('Firefox: extensions that it only sends are answered as only received', () => {
    const { sdp, tracks } = answer(read('firefox-publisher-simulcast'));
    expect(tracks[1]).toMatchObject({ extensions: { rid: 8, repairedRid: 9 }, payloadType: 120, rtxPayloadType: 124 });
    expect(sdp).toContain('a=extmap:8/recvonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n');
    expect(sdp).not.toContain('csrc-audio-level');
  });

  test('extensions that the host only receives are not used', () => {
    const { sdp, tracks } = answer(chromium.replaceAll('a=extmap:3 ', 'a=extmap:3/recvonly '));
    expect(tracks.map(({ extensions }) => extensions.transportCc)).toEqual([0, 0]);
    expect(sdp).not.toContain('transport-wide-cc-extensions');
  });

  test('the first section of the bundle speaks for the transport', () => {
    const [head = '', audio = '', video = ''] = chromium.replace('BUNDLE 0 1', 'BUNDLE 1 0').split(/^(?=m=)/m);
    const { remote, sdp } = answer(head + audio.replace(/ice-ufrag:.*/, 'ice-ufrag:other') + video);
    expect(remote.ice.ufrag).toBe(/ice-ufrag:(.*)/.exec(video)?.[1]);
    expect(sdp).toContain('a=group:BUNDLE 1 0\r\n');
    expect(sectionOf(sdp, 'video')).toContain('a=candidate:');
    expect(sectionOf(sdp, 'audio')).not.toContain('a=candidate:');
  });

  test('audio alone, without a bundle', () => {
    const { sdp, tracks } = answer(
      read('ffmpeg-publisher')
        .replace(/m=video[\s\S]*/, '')
        .replace(/a=group.*\r\n/, ''),
    );
    expect(tracks.map(({ kind }) => kind)).toEqual(['audio']);
    expect(sdp).not.toContain('a=group');
    expect(sdp).toContain('a=end-of-candidates');
  });

  test('a data channel beside the media is refused, and the bundle goes on without it', () => {
    const data =
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:d\r\na=sctp-port:5000\r\n';
    const offer = chromium.replace('BUNDLE 0 1', 'BUNDLE d 0 1').replace('m=audio', `${data}m=audio`);
    const { sdp } = answer(offer);
    expect(sdp).toContain('a=group:BUNDLE 0 1\r\n');
    expect(sectionOf(sdp, 'application')).toMatch(
      /^m=application 0 UDP\/DTLS\/SCTP webrtc-datachannel\r\n[\s\S]*a=mid:d\r\n/,
    );
    expect(sectionOf(sdp, 'audio')).toContain('a=candidate:');
  });
});

describe('what cannot be taken is named', () => {
  const withoutFingerprint = chromium.replaceAll(/a=fingerprint.*\r\n/g, '');
  const withoutIce = chromium.replaceAll(/a=ice-(ufrag|pwd).*\r\n/g, '');
  const fifth = read('chromium-publisher-simulcast').replace(
    'a=simulcast:send q;h;f',
    'a=rid:a send\r\na=rid:b send\r\na=simulcast:send q;h;f;a;b',
  );
  const secondVideo = chromium + sectionOf(chromium, 'video').replace('a=mid:1', 'a=mid:2');
  test.each<[string, string, SdpErrorCode, 400 | 422, RegExp]>([
    ['no media', 'v=0\r\n', 'no_media', 400, /audio or video/],
    ['all sections rejected', chromium.replaceAll(/(m=\w+) 9/g, '$1 0'), 'no_media', 400, /audio or video/],
    ['a viewer', read('chromium-viewer'), 'wrong_direction', 400, /recvonly.*sendonly or sendrecv/],
    ['no bundle', chromium.replace(/a=group.*\r\n/, ''), 'bundle_required', 422, /a=group:BUNDLE/],
    ['half a bundle', chromium.replace('BUNDLE 0 1', 'BUNDLE 0'), 'bundle_required', 422, /a=group:BUNDLE/],
    ['RTCP apart', chromium.replace('a=rtcp-mux\r\n', ''), 'rtcp_mux_required', 422, /a=rtcp-mux/],
    ['no fingerprint', withoutFingerprint, 'no_fingerprint', 400, /a=fingerprint/],
    ['no ICE credentials', withoutIce, 'no_ice_credentials', 400, /a=ice-ufrag/],
    ['ICE lite', chromium.replace('t=0 0', 't=0 0\r\na=ice-lite'), 'ice_lite_not_supported', 422, /ice-lite/],
    ['an odd setup', chromium.replaceAll('actpass', 'holdconn'), 'dtls_setup_not_supported', 422, /holdconn.*actpass/],
    ['two videos', secondVideo.replace('BUNDLE 0 1', 'BUNDLE 0 1 2'), 'too_many_tracks', 422, /2 video/],
    ['no codec of ours', chromium.replaceAll(/opus/g, 'speex'), 'codec_not_supported', 422, /speex.*opus/],
    [
      'single NAL units only',
      read('firefox-viewer')
        .replaceAll('recvonly', 'sendonly')
        .replace(/(m=video.*SAVPF).*/, '$1 97 98'),
      'codec_not_supported',
      422,
      /packetization-mode=1/,
    ],
    ['five layers', fifth, 'simulcast_too_many_layers', 422, /5 .*4/],
  ])('%s', (_, offer, code, status, message) => {
    const error = refusal(offer);
    expect({ code: error.code, status: error.status }).toEqual({ code, status });
    expect(error.message).toMatch(message);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerPublisher } from './answer-publisher.ts';
import { answerViewer } from './answer-viewer.ts';
import type { RemoteDescription, RemoteMedia } from './description.ts';
import { SdpError } from './errors.ts';
import { local, publishPolicy, viewPolicy, vp8 } from './negotiation-fixture.ts';
import { createPublisherOffer } from './offer-publisher.ts';
import { createViewerOffer } from './offer-viewer.ts';
import { parseDescription } from './parse.ts';

const folder = new URL('./fixtures/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.sdp'));
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');

function media(description: RemoteDescription, kind: string): RemoteMedia {
  const found = description.media.find((section) => section.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} section`);
  return found;
}

function refusal(sdp: string): SdpError {
  try {
    parseDescription(sdp);
  } catch (error) {
    if (error instanceof SdpError) return error;
    throw error;
  }
  throw new Error('was parsed');
}

describe('what real clients write', () => {
  test.each(names)('%s', (name) => {
    const description = parseDescription(read(name));
    expect(description.bundle).toEqual(description.media.map(({ mid }) => mid));
    for (const section of description.media) {
      expect(section.ice?.ufrag).toMatch(/^\S{4,}$/);
      expect(section.fingerprint?.algorithm).toBe('sha-256');
      expect(section.setup).toBe(name.startsWith('ffmpeg') ? 'passive' : 'actpass');
      expect(section.rejected).toBe(false);
    }
  });

  test('Chromium: retransmission formats are folded into the codecs they repair', () => {
    const { codecs, ssrcs, ssrcGroups } = media(parseDescription(read('chromium-publisher.sdp')), 'video');
    expect(codecs[0]).toEqual({
      payloadType: 96,
      name: 'VP8',
      clockRate: 90_000,
      fmtp: {},
      feedback: ['goog-remb', 'transport-cc', 'ccm fir', 'nack', 'nack pli'],
      rtxPayloadType: 97,
    });
    expect(codecs.map(({ name }) => name)).not.toContain('rtx');
    expect(codecs.map(({ name }) => name)).toContain('AV1');
    expect(ssrcGroups).toEqual([{ semantics: 'FID', ssrcs }]);
  });

  test('Chromium: parameters without a name are left out', () => {
    const { codecs } = media(parseDescription(read('chromium-publisher.sdp')), 'audio');
    expect(codecs[0]).toMatchObject({ name: 'opus', channels: 2, fmtp: { minptime: '10', useinbandfec: '1' } });
    expect(codecs.find(({ name }) => name === 'red')?.fmtp).toEqual({});
  });

  test('OBS: ICE, fingerprint and setup stand at session level, and its simulcast rids are numbers', () => {
    const video = media(parseDescription(read('obs-publisher-simulcast.sdp')), 'video');
    expect(video.ice).toEqual({ ufrag: 'Nn2x', pwd: 'tP0wz7RkVb5mCqHsD8aLeJ' });
    expect(video.sendRids).toEqual(['0', '1', '2']);
  });

  test('Firefox: extensions for one direction, and simulcast', () => {
    const video = media(parseDescription(read('firefox-publisher-simulcast.sdp')), 'video');
    expect(video.sendRids).toEqual(['lo', 'hi']);
    expect(video.extensions).toContainEqual({
      id: 8,
      uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
      direction: 'sendonly',
    });
  });

  test('GStreamer: a bundle-only section has port 0 and is in use', () => {
    expect(media(parseDescription(read('gstreamer-publisher.sdp')), 'audio').rejected).toBe(false);
  });

  test('a section of a data channel is kept as it stands', () => {
    const [data] = parseDescription(
      read('chromium-viewer.sdp') +
        'm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\na=sctp-port:5000\r\n',
    ).media.slice(-1);
    expect(data).toMatchObject({ kind: 'application', formats: 'webrtc-datachannel', mid: '2', codecs: [] });
  });
});

describe('the finer points', () => {
  const simulcast = read('chromium-publisher-simulcast.sdp');
  const rids = (line: string) =>
    media(parseDescription(simulcast.replace('a=simulcast:send q;h;f', line)), 'video').sendRids;

  test('simulcast: the first alternative, paused streams too, and only rids that are declared', () => {
    expect(rids('a=simulcast:send q,h;~f')).toEqual(['q', 'f']);
    expect(rids('a=simulcast:recv x send h;q')).toEqual(['h', 'q']);
    expect(rids('a=simulcast:send q;unknown;f')).toEqual(['q', 'f']);
    expect(rids('a=simulcast:recv q;h;f')).toEqual([]);
  });

  test('extension ids that one-byte headers cannot carry are ignored', () => {
    const sdp = simulcast.replace('a=extmap:4 urn', 'a=extmap:15 urn').replace('a=extmap:13 ', 'a=extmap:4096 ');
    expect(media(parseDescription(sdp), 'audio').extensions.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(media(parseDescription(sdp), 'video').extensions.map(({ id }) => id)).not.toContain(13);
  });

  test('feedback for all payload types (*)', () => {
    const sdp = read('ffmpeg-publisher.sdp').replace('a=rtpmap:106', 'a=rtcp-fb:* nack pli\r\na=rtpmap:106');
    expect(media(parseDescription(sdp), 'video').codecs[0]?.feedback).toEqual(['nack pli']);
  });

  test('credentials of digits stay text', () => {
    const sdp = read('obs-publisher.sdp')
      .replace('a=ice-ufrag:q7Gd', 'a=ice-ufrag:1234')
      .replace(/a=ice-pwd:.*/, 'a=ice-pwd:1000000000000000000000');
    expect(parseDescription(sdp).media[0]?.ice).toEqual({ ufrag: '1234', pwd: '1000000000000000000000' });
  });

  test('a lone section may go without a mid', () => {
    const sdp = read('ffmpeg-publisher.sdp')
      .replace(/m=video[\s\S]*/, '')
      .replace('a=mid:0\r\n', '');
    expect(parseDescription(sdp).media.map(({ mid }) => mid)).toEqual(['0']);
  });

  test('bare line feeds end lines too', () => {
    expect(parseDescription(simulcast.replaceAll('\r\n', '\n'))).toEqual(parseDescription(simulcast));
  });
});

describe('what cannot be read is named', () => {
  const sdp = read('chromium-publisher.sdp');
  test.each([
    ['no version line', '', /v=0/],
    ['JSON', '{"sdp":"v=0"}', /v=0/],
    ['too long', `v=0\r\n${'a=x\r\n'.repeat(20_000)}`, /characters/],
    ['too many lines', `v=0\n${'a=x\n'.repeat(3000)}`, /lines/],
    ['too many sections', `v=0\n${'m=audio 9 X 0\n'.repeat(40)}`, /m-lines/],
    ['an odd m-line', sdp.replace('m=video 9 UDP', 'm=video nine UDP'), /m-line 2/],
    ['a port out of range', sdp.replace('m=video 9 ', 'm=video 70000 '), /port/],
    ['a payload type out of range', sdp.replace('SAVPF 96 ', 'SAVPF 128 '), /payload type .*128/],
    ['a payload type that is no number', sdp.replace('SAVPF 96 ', 'SAVPF x '), /payload type/],
    ['a mid used twice', sdp.replace('a=mid:1', 'a=mid:0'), /a=mid/],
    ['an extension id used twice', sdp.replace('a=extmap:3 ', 'a=extmap:2 '), /a=extmap/],
    ['an extension with an odd direction', sdp.replace('a=extmap:3 ', 'a=extmap:3/both '), /"both"/],
    ['a ufrag that is too short', sdp.replaceAll(/ice-ufrag:.*/g, 'ice-ufrag:abc'), /ice-ufrag/],
    ['a ufrag without a password', sdp.replaceAll(/a=ice-pwd:.*\r\n/g, ''), /ice-pwd/],
    ['a fingerprint that is too short', sdp.replaceAll(/(fingerprint:sha-256 ..:..).*/g, '$1'), /32 octets/],
    ['an unknown hash', sdp.replaceAll('fingerprint:sha-256', 'fingerprint:md5'), /sha-256/],
    ['an SSRC out of range', sdp.replace(/a=ssrc:\d+/, 'a=ssrc:4294967296'), /a=ssrc/],
    ['an SSRC group of words', sdp.replace(/FID \d+/, 'FID one'), /a=ssrc-group/],
    ['too many SSRCs', sdp + Array.from({ length: 65 }, (_, ssrc) => `a=ssrc:${ssrc} cname:x\r\n`).join(''), /SSRCs/],
    ['a rid listed twice', `${sdp}a=rid:q send\r\na=simulcast:send q;q\r\n`, /rid twice/],
  ])('%s', (_, text, message) => {
    const { code, status, message: actual } = refusal(text);
    expect({ code, status }).toEqual({ code: 'malformed_sdp', status: 400 });
    expect(actual).toMatch(message);
  });
});

describe('hostile text', () => {
  /** Whatever a peer's text leads to, it is a result or an SdpError; and what we write can be read. */
  function negotiate(sdp: string): void {
    const attempts = [
      (description: RemoteDescription) => answerPublisher(description, local, publishPolicy).sdp,
      (description: RemoteDescription) => answerViewer(description, local, viewPolicy(vp8, 3)).sdp,
      (description: RemoteDescription) => void createPublisherOffer(local, publishPolicy).accept(description),
      (description: RemoteDescription) => void createViewerOffer(local, viewPolicy(vp8, 3)).accept(description),
    ];
    for (const attempt of attempts) {
      try {
        const ours = attempt(parseDescription(sdp));
        if (ours !== undefined) parseDescription(ours);
      } catch (error) {
        if (!(error instanceof SdpError)) throw error;
      }
    }
  }

  const line = fc.oneof(
    fc.constantFrom(...names.flatMap((name) => read(name).split('\r\n'))),
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('a=simulcast:send ;,~', 'a=rid: send', 'a=ssrc-group:SIM ', 'a=fmtp:96 __proto__=1;apt=96', 'm='),
  );

  test('any string', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => negotiate(`v=0\n${text}`)));
    fc.assert(fc.property(fc.string(), negotiate));
  });

  test('any lines', () => {
    fc.assert(fc.property(fc.array(line, { maxLength: 60 }), (lines) => negotiate(['v=0', ...lines].join('\r\n'))));
  });

  test('real offers with lines removed, replaced and repeated', () => {
    const edit = fc.record({ at: fc.nat(400), remove: fc.nat(3), insert: fc.array(line, { maxLength: 2 }) });
    const property = fc.property(fc.constantFrom(...names), fc.array(edit, { maxLength: 5 }), (name, edits) => {
      const lines = read(name).split('\r\n');
      for (const { at, remove, insert } of edits) lines.splice(at % lines.length, remove, ...insert);
      negotiate(lines.join('\r\n'));
    });
    fc.assert(property, { numRuns: 400 });
  });

  test('real offers with characters changed', () => {
    const edit = fc.record({ at: fc.nat(8000), remove: fc.nat(6), insert: fc.string({ maxLength: 4 }) });
    const property = fc.property(fc.constantFrom(...names), fc.array(edit, { maxLength: 8 }), (name, edits) => {
      let text = read(name);
      for (const { at, remove, insert } of edits) {
        const start = at % text.length;
        text = text.slice(0, start) + insert + text.slice(start + remove);
      }
      negotiate(text);
    });
    fc.assert(property, { numRuns: 400 });
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { SyntheticVp8 } from '../../../../../test/support/synthetic-stream.ts';
import { ntpFraction, ntpSeconds } from '../../rtp/ntp.ts';
import { rtpPacket } from '../../rtp/packet-fixture.ts';
import type { ExtensionIds, Feedback, ReceiveTrackParameters } from '../../rtp/parameters.ts';
import { writeSenderReport } from '../../rtp/rtcp/report.ts';
import { OutgoingPacket } from '../outgoing-packet.ts';
import { Publisher } from '../publisher.ts';

const noExtensions: ExtensionIds = {
  mid: 0,
  rid: 0,
  repairedRid: 0,
  transportCc: 0,
  absSendTime: 0,
  audioLevel: 0,
  videoOrientation: 0,
  dependencyDescriptor: 0,
};
/** A browser's: it sends keyframes when asked. */
const feedback: Feedback = { nack: true, pli: true, fir: true, transportCc: true, remb: false };
const video: ReceiveTrackParameters = {
  kind: 'video',
  mid: '1',
  codec: { name: 'VP8', clockRate: 90_000, fmtp: {} },
  payloadType: 96,
  feedback,
  extensions: noExtensions,
  encodings: [{ ssrc: 1000 }],
  target: { bitrateBps: 1_500_000, framerate: 30 },
};
const h264 = { ...video, codec: { ...video.codec, name: 'H264' } } as const;
const audio: ReceiveTrackParameters = {
  kind: 'audio',
  mid: '0',
  codec: { name: 'opus', clockRate: 48_000, channels: 2, fmtp: {} },
  payloadType: 111,
  feedback,
  extensions: { ...noExtensions, audioLevel: 1 },
  encodings: [{ ssrc: 2000 }],
};
const frameUs = 1e6 / 30;

let nowUs: number;
let publisher: Publisher;

beforeEach(() => {
  nowUs = 1_800_000_000_000_000;
});

function publish(...tracks: ReceiveTrackParameters[]): void {
  const outlet = { onPacket: () => {}, onLayersChanged: () => {} };
  const packet = new OutgoingPacket();
  publisher = new Publisher({ sink: { send: () => true }, tracks, outlet, packet, maxBitrateBps: 1e6 });
}

function codes(): string[] {
  return publisher.warnings.map(({ code }) => code);
}

/** Every 30th of a second the packets that `next` gives, and a tick. */
function play(seconds: number, next: (frame: number) => readonly Buffer[]): void {
  for (let frame = 0; frame < seconds * 30; frame += 1) {
    for (const packet of next(frame)) publisher.receive(packet, Math.round(nowUs));
    publisher.tick(Math.round(nowUs));
    nowUs += frameUs;
  }
}

function report(ssrc: number, rtpTimestamp: number, wallUs = nowUs): Buffer {
  const counts = { packetCount: 1, octetCount: 1, blocks: [] };
  const buffer = Buffer.alloc(28);
  const ntp = { ntpSeconds: ntpSeconds(wallUs), ntpFraction: ntpFraction(wallUs) };
  writeSenderReport(buffer, 0, { ssrc, ...ntp, rtpTimestamp, ...counts });
  return buffer;
}

/** A host's picture of 1.7 Mbps, with a report each second. */
function camera(ssrc = 1000, keyframeInterval = 0) {
  const stream = new SyntheticVp8({ ssrc, keyframeInterval });
  const startUs = nowUs;
  const wallUs = () => startUs + (stream.timestamp * 1e6) / 90_000;
  const next = (frame: number) => {
    const reports = frame % 30 === 0 ? [report(ssrc, stream.timestamp, wallUs())] : [];
    return [...stream.nextFrame(), ...reports];
  };
  return { stream, next };
}

/** Opus of 20 ms, every 30th of a second: what counts is the level (-dBov). */
function microphone() {
  let sequence = 0;
  return (level: number) => {
    const timestamp = sequence * 1600;
    const header = { payloadType: 111, sequenceNumber: sequence, timestamp, ssrc: 2000 };
    sequence += 1;
    const extension = { profile: 0xbede, elements: [0x10, level] };
    const packet = rtpPacket({ ...header, extension, payload: Buffer.alloc(40, sequence) });
    return sequence % 30 === 1 ? [report(2000, timestamp), packet] : [packet];
  };
}

describe('a warning', () => {
  it('is the same object while it stands, and goes when its fault has been away for 5 s', () => {
    publish(video);
    const { next } = camera();
    play(2, next);
    expect(codes()).toEqual([]);
    play(3, () => []);
    expect(codes()).toEqual(['frozen-video']);
    const [raised] = publisher.warnings;
    expect(raised).toMatchObject({ kind: 'video', detail: 'No video has come for 2 s.' });
    const { warnings } = publisher;
    play(1, () => []);
    expect(publisher.warnings).toBe(warnings);
    play(4.5, next);
    expect(publisher.warnings[0]).toBe(raised);
    play(1, next);
    expect(codes()).toEqual([]);
  });

  it('names the layer', () => {
    const rid = { id: 10, value: 'h' };
    publish({ ...video, extensions: { ...noExtensions, rid: 10 }, encodings: [{ rid: 'q' }, { rid: 'h' }] });
    const stream = new SyntheticVp8({ ssrc: 5, rid });
    play(5, () => stream.nextFrame());
    expect(publisher.warnings).toMatchObject([{ code: 'sender-reports-missing', kind: 'video', rid: 'h' }]);
  });

  it('of a stream goes with it when the host sends another in its place', () => {
    publish({ ...video, extensions: { ...noExtensions, rid: 10 }, encodings: [{ rid: 'f' }] });
    const send = (ssrc: number) => {
      const stream = new SyntheticVp8({ ssrc, rid: { id: 10, value: 'f' } });
      return () => stream.nextFrame();
    };
    play(5, send(5));
    expect(codes()).toEqual(['sender-reports-missing']);
    play(1, send(6));
    expect(codes()).toEqual([]);
  });
});

describe('keyframes', () => {
  it('may stay away for long where the host sends them on demand, until one is asked for', () => {
    publish(video);
    const { stream, next } = camera();
    play(10, next);
    expect(codes()).toEqual([]);
    publisher.tracks[0]?.sources[0]?.keyframes.request();
    play(1, next);
    stream.requestKeyframe();
    play(6, next);
    expect(codes()).toEqual([]);
    publisher.tracks[0]?.sources[0]?.keyframes.request();
    play(3, next);
    expect(codes()).toEqual(['long-key-interval']);
    expect(publisher.warnings[0]?.detail).toContain('although one was asked for');
  });

  it('are due every 4 s from all others', () => {
    publish({ ...video, feedback: { ...feedback, transportCc: false } });
    play(8, camera(1000, 90).next);
    expect(codes()).toEqual([]);
    publish({ ...video, feedback: { ...feedback, pli: false, fir: false } });
    play(5, camera().next);
    expect(codes()).toEqual(['long-key-interval']);
  });
});

describe('sender reports', () => {
  it('may not stay away later either', () => {
    publish(video);
    const { stream, next } = camera();
    play(1, next);
    play(14, () => stream.nextFrame());
    expect(codes()).toEqual([]);
    play(2, () => stream.nextFrame());
    expect(codes()).toEqual(['sender-reports-missing']);
  });

  it.each<[string, (timestamp: number) => Buffer, string]>([
    ['whose wall clock jumps', (timestamp) => report(1000, timestamp, nowUs + 3_600e6), 'moved apart by'],
    ['without a wall clock', (timestamp) => report(1000, timestamp).fill(0, 8, 16), 'zero'],
    ['without a media time', () => report(1000, 0xffff_ffff), 'all ones'],
    ['of another media time', (timestamp) => report(1000, timestamp + 90_000 * 60), 'not that of the stream'],
  ])('%s are wrong', (_name, wrong, detail) => {
    publish(video);
    const { stream, next } = camera();
    play(2, next);
    play(0.5, (frame) => [...stream.nextFrame(), ...(frame === 0 ? [wrong(stream.timestamp)] : [])]);
    expect(publisher.warnings).toMatchObject([{ code: 'sender-reports-wrong' }]);
    expect(publisher.warnings[0]?.detail).toContain(detail);
  });
});

describe('B-frames', () => {
  const frame = (sequenceNumber: number, timestamp: number, sliceHeader: number) =>
    rtpPacket({
      marker: true,
      payloadType: 96,
      sequenceNumber,
      timestamp,
      ssrc: 1000,
      payload: Buffer.concat([Buffer.from([0x41, sliceHeader]), Buffer.alloc(1400, sequenceNumber)]),
    });

  it('are known by their slices where timestamps follow the sending order', () => {
    publish(h264);
    play(1, (index) => [frame(index, index * 3000, index % 3 === 0 ? 0xe0 : 0xa0)]);
    expect(codes()).toEqual(['b-frames']);
  });

  it('are known by timestamps that run backwards, whatever their slices', () => {
    publish(h264);
    const shownAt = [0, 3, 1, 2];
    play(1, (index) => [frame(index, (index - (index % 4) + (shownAt[index % 4] ?? 0)) * 3000, 0xe0)]);
    expect(codes()).toEqual(['b-frames']);
  });

  it('are not what reordering on the way makes of others', () => {
    publish(h264);
    play(2, (index) => {
      const other = index % 2 === 0 ? index + 1 : index - 1;
      return [frame(other, other * 3000, 0xe0)];
    });
    expect(codes()).not.toContain('b-frames');
  });
});

describe('audio', () => {
  it('is silent by its level, whatever its packets hold', () => {
    publish(audio);
    const next = microphone();
    play(5, () => next(127));
    expect(publisher.warnings).toMatchObject([{ code: 'silent-audio', kind: 'audio' }]);
    play(6, () => next(30));
    expect(codes()).toEqual([]);
  });

  it('is not silent in the pauses of a speaker, nor for a noise that is hardly heard', () => {
    publish(audio);
    const next = microphone();
    for (let sentence = 0; sentence < 5; sentence += 1) {
      play(2, () => next(30));
      play(3.5, () => next(127));
    }
    play(10, () => next(80));
    expect(codes()).toEqual([]);
  });

  it('that stops is silent too', () => {
    publish(audio);
    const next = microphone();
    play(2, () => next(30));
    play(5, () => []);
    expect(publisher.warnings).toMatchObject([{ code: 'silent-audio', detail: 'No audio has come for 4 s.' }]);
  });
});

describe('a host below its target', () => {
  it('is excused by its line', () => {
    publish(video);
    const stream = new SyntheticVp8({ ssrc: 1000, packetsPerFrame: 1 });
    play(6, (frame) => {
      const packets = stream.nextFrame();
      const reports = frame % 30 === 0 ? [report(1000, stream.timestamp)] : [];
      return frame % 10 === 5 ? reports : [...packets, ...reports];
    });
    expect(codes()).toContain('loss-rising');
    expect(codes()).not.toContain('below-target');
  });
});

it('a host that sends nothing at all is no concern of it', () => {
  publish(audio, video);
  play(10, () => []);
  expect(codes()).toEqual([]);
});

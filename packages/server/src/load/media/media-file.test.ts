import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inspectPayload } from '../../rtp/payload/inspect.ts';
import { PayloadInfo } from '../../rtp/payload/payload-info.ts';
import { readAnnexB } from './annex-b.ts';
import { FileStream } from './file-stream.ts';
import { readIvf } from './ivf.ts';
import { type EncodedFrame, MediaFileError } from './media-file.ts';
import { packetiseH264, packetiseVp8 } from './packetise.ts';
import { maxPayloadBytes } from './video-stream.ts';

function ivf(frames: readonly Buffer[], codec = 'VP80'): Buffer {
  const header = Buffer.alloc(32);
  header.write(`DKIF\0\0\x20\0${codec}`, 'latin1');
  header.writeUInt32LE(30, 16);
  header.writeUInt32LE(1, 20);
  const parts = frames.flatMap((frame) => {
    const frameHeader = Buffer.alloc(12);
    frameHeader.writeUInt32LE(frame.length, 0);
    return [frameHeader, frame];
  });
  return Buffer.concat([header, ...parts]);
}

const startCode = Buffer.from([0, 0, 0, 1]);
const annexB = (...units: readonly (readonly number[])[]) =>
  Buffer.concat(units.flatMap((unit) => [startCode, Buffer.from(unit)]));

const sps = [0x67, 0x42, 0xe0, 0x1f, 0x8c];
const pps = [0x68, 0xce, 0x3c];
const idr = [0x65, 0x88, 0x80];
const idrRest = [0x65, 0x40, 0x80];
const slice = [0x41, 0x9a, 0x01];

it('reads the frames of an IVF file', () => {
  const { codec, framesPerSecond, frames } = readIvf(ivf([Buffer.from([0x10, 1, 2]), Buffer.from([0x11, 3])]));
  expect({ codec, framesPerSecond }).toEqual({ codec: 'VP8', framesPerSecond: 30 });
  expect(frames.map(({ isKeyframe, units }) => [isKeyframe, units[0]?.toString('hex')])).toEqual([
    [true, '100102'],
    [false, '1103'],
  ]);
});

it.each([
  ['it is no IVF file', Buffer.from('RIFF')],
  ['its codec is "VP90"', ivf([Buffer.from([0x10])], 'VP90')],
  ['frame 0 is cut off', ivf([Buffer.from([0x10, 1, 2])]).subarray(0, -1)],
  ['it does not begin with a keyframe', ivf([Buffer.from([0x11])])],
])('says of an IVF file: %s', (fault, file) => {
  expect(() => readIvf(file)).toThrow(fault);
});

it('groups NAL units into pictures, with parameter sets before the slices that need them', () => {
  const file = annexB([9, 0xf0], sps, pps, idr, idrRest, [9, 0xf0], slice, slice);
  const { frames, profileLevelId } = readAnnexB(file);
  expect(profileLevelId).toBe('42e01f');
  expect(frames.map(({ isKeyframe, units }) => [isKeyframe, units.length])).toEqual([
    [true, 4],
    [false, 1],
    [false, 1],
  ]);
});

it('says what is wrong with an H264 file', () => {
  expect(() => readAnnexB(Buffer.from('nothing'))).toThrow('no sequence parameter set');
  expect(() => readAnnexB(annexB(sps, pps, slice))).toThrow('does not begin with an IDR');
});

it('readers throw nothing but their own error, whatever is in a file', () => {
  const good = [ivf([Buffer.from([0x10, 1, 2]), Buffer.from([0x11, 3])]), annexB(sps, pps, idr, slice)];
  const damaged = fc
    .tuple(fc.constantFrom(...good), fc.array(fc.tuple(fc.nat(80), fc.nat(255))))
    .map(([file, bytes]) => {
      const copy = Buffer.from(file);
      for (const [at, value] of bytes) if (at < copy.length) copy[at] = value;
      return copy;
    });
  const any = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(fc.oneof(damaged, any), fc.constantFrom(readIvf, readAnnexB), (file, read) => {
      try {
        expect(read(file).frames[0]?.isKeyframe).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(MediaFileError);
      }
    }),
    { numRuns: 1000 },
  );
});

const bytes = fc.uint8Array({ minLength: 1, maxLength: 8000 }).map((some) => Buffer.from(some));

it('VP8 packets put together are the frame, each small enough, only the first at its start', () => {
  fc.assert(
    fc.property(bytes, fc.nat(), (frame, pictureId) => {
      const payloads = packetiseVp8({ isKeyframe: false, units: [frame] }, pictureId);
      expect(Buffer.concat(payloads.map((payload) => payload.subarray(4)))).toEqual(frame);
      for (const [index, payload] of payloads.entries()) {
        expect(payload.length).toBeLessThanOrEqual(maxPayloadBytes);
        const info = new PayloadInfo();
        expect(inspectPayload('VP8', payload, 0, payload.length, info)).toBe(true);
        expect(info.frameStart).toBe(index === 0);
        expect(info.pictureId).toBe(pictureId & 0x7fff);
      }
    }),
  );
});

/** What a receiver makes of the payloads (RFC 6184, section 5.8). */
function reassemble(payloads: readonly Buffer[]): Buffer[] {
  const units: Buffer[] = [];
  for (const payload of payloads) {
    const [first = 0, second = 0] = payload;
    if ((first & 0x1f) !== 28) units.push(payload);
    else if ((second & 0x80) !== 0)
      units.push(Buffer.concat([Buffer.from([(first & 0xe0) | (second & 0x1f)]), payload.subarray(2)]));
    else units.push(Buffer.concat([units.pop() ?? Buffer.alloc(0), payload.subarray(2)]));
  }
  return units;
}

it('H264 packets put together are the NAL units, each small enough, marked at start and end', () => {
  const unit = bytes.map((content) => Buffer.concat([Buffer.from([0x65]), content]));
  fc.assert(
    fc.property(fc.array(unit, { minLength: 1, maxLength: 4 }), (units) => {
      const payloads = packetiseH264({ isKeyframe: true, units });
      expect(reassemble(payloads)).toEqual(units);
      for (const payload of payloads) expect(payload.length).toBeLessThanOrEqual(maxPayloadBytes);
      const large = units.filter(({ length }) => length > maxPayloadBytes).length;
      const fragments = payloads.filter((payload) => ((payload[0] ?? 0) & 0x1f) === 28);
      expect(fragments.filter((payload) => ((payload[1] ?? 0) & 0x80) !== 0)).toHaveLength(large);
      expect(fragments.filter((payload) => ((payload[1] ?? 0) & 0x40) !== 0)).toHaveLength(large);
    }),
  );
});

const filmOf = (...kinds: readonly boolean[]): EncodedFrame[] =>
  kinds.map((isKeyframe) => ({ isKeyframe, units: [Buffer.from([isKeyframe ? 0x10 : 0x11, 0, 0])] }));

function streamOf(frames: readonly EncodedFrame[]): FileStream {
  const file = { codec: 'VP8', framesPerSecond: 25, frames } as const;
  return new FileStream(file, { ssrc: 5, framesPerSecond: 30, extension: Buffer.alloc(0) });
}

it('a file goes on over and over, with sequence numbers and timestamps that never jump', () => {
  const stream = streamOf(filmOf(true, false, false));
  const packets = Array.from({ length: 70_000 }, () => stream.nextFrame()).flat();
  expect(packets.slice(0, 4).map((packet) => (packet[16] ?? 0) & 1)).toEqual([0, 1, 1, 0]);
  expect(packets[65_537]?.readUInt16BE(2)).toBe(1);
  expect(packets[1]?.readUInt32BE(4)).toBe(3600);
  expect(packets[65_537]?.readUInt32BE(4)).toBe(65_537 * 3600);
});

it('asked for a keyframe it jumps to the next one of its file', () => {
  const stream = streamOf(filmOf(true, false, false, true, false));
  stream.nextFrame();
  stream.nextFrame();
  stream.requestKeyframe();
  expect((stream.nextFrame()[0]?.[16] ?? 1) & 1).toBe(0);
});

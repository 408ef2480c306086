import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostileBytes } from '../packet-fixture.ts';
import type { CodecName } from '../parameters.ts';
import { inspectPayload } from './inspect.ts';
import { PayloadInfo } from './payload-info.ts';

const info = new PayloadInfo();
const hex = (digits: string) => Buffer.from(digits, 'hex');

/** A payload of each codec that sets as much as it can. */
const samples: [CodecName, Buffer[]][] = [
  ['VP8', [hex('b0f08011211a100200029d012a0005d002'), hex('10100200029d012a0005d002')]],
  ['VP9', [hex('aa9234100738014000b402800168010401ff'), hex('f905500305068200')]],
  ['H264', [hex('1800176742c01fda014016ec0440000003004000000f03c60ca8'), hex('67f4001e919b281485fc7cf80880')]],
  ['AV1', [hex('2802080034480000'), hex('008201')]],
  ['opus', [hex('fcb4065aa7'), hex('fb06')]],
];

test.each(samples)('%s: hostile payloads never throw, and offsets stay inside', (codec, valid) => {
  fc.assert(
    fc.property(hostileBytes(valid), (payload) => {
      // Bytes behind the payload catch a reader that goes too far: they would change the outcome.
      const followed = (byte: number) => Buffer.concat([payload, Buffer.alloc(64, byte)]);
      const outcome = inspectPayload(codec, followed(0), 0, payload.length, info);
      const seen = { ...info };
      expect(inspectPayload(codec, followed(0xff), 0, payload.length, info)).toBe(outcome);
      expect({ ...info }).toEqual(seen);
      expect(inspectPayload(codec, payload, 0, payload.length, info)).toBe(outcome);
      expect(info.pictureIdOffset).toBeLessThan(payload.length);
      expect(info.tl0PictureIndexOffset).toBeLessThan(payload.length);
    }),
    { numRuns: 3000 },
  );
});

test.each(samples)('%s: nothing of the payload before is left', (codec, valid) => {
  for (const [otherCodec, others] of samples) {
    for (const payload of valid) {
      const fresh = new PayloadInfo();
      inspectPayload(codec, payload, 0, payload.length, fresh);
      for (const other of others) inspectPayload(otherCodec, other, 0, other.length, info);
      inspectPayload(codec, payload, 0, payload.length, info);
      expect(info).toEqual(fresh);
    }
  }
});

test('a new PayloadInfo is as after a reset', () => {
  info.reset();
  expect(info).toEqual(new PayloadInfo());
});

test('every Opus packet is a place to start', () => {
  expect(inspectPayload('opus', hex('fc'), 0, 1, info)).toBe(true);
  expect(info).toMatchObject({ frameStart: true, keyframeStart: true });
  expect(inspectPayload('opus', hex(''), 0, 0, info)).toBe(false);
});

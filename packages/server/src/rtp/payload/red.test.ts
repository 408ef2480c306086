import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostileBytes } from '../packet-fixture.ts';
import { inspectRed, RedInfo, writeRedPayloadType } from './red.ts';

const info = new RedInfo();
/** One frame repeated, of 3 bytes, 960 samples before; and the frame itself, of 2. */
const oneRepeated = Buffer.from('ef0f0003 6f aabbcc ddee'.replaceAll(' ', ''), 'hex');

test('tells where the frame itself is', () => {
  expect(inspectRed(oneRepeated, 0, oneRepeated.length, 111, info)).toBe(true);
  expect(info).toEqual({ redundantCount: 1, primaryOffset: 8 });
});

test('a packet with nothing repeated has a header of one byte', () => {
  expect(inspectRed(Buffer.from('006fddee', 'hex'), 1, 3, 111, info)).toBe(true);
  expect(info).toEqual({ redundantCount: 0, primaryOffset: 1 });
});

test('the payload types of all blocks are rewritten, and nothing else', () => {
  const buffer = Buffer.concat([Buffer.alloc(2), oneRepeated]);
  writeRedPayloadType(buffer, 2, 1, 96);
  expect(buffer.toString('hex')).toBe(`0000e00f000360aabbccddee`);
});

test.each([
  ['no bytes', ''],
  ['a header that is cut off', 'ef0f'],
  ['no header of the frame itself', 'ef0f0000'],
  ['no frame itself', 'ef0f00036faabbcc'],
  ['a block beyond the packet', 'ef0f03ff6faabbcc'],
  ['a block of something else', 'e80f00016faabb'],
  ['blocks without an end', 'ef0f0000'.repeat(20)],
])('refuses %s', (_, hex) => {
  const payload = Buffer.from(hex, 'hex');
  expect(inspectRed(payload, 0, payload.length, 111, info)).toBe(false);
});

test('hostile bytes never throw, and the frame stays inside', () => {
  fc.assert(
    fc.property(hostileBytes([oneRepeated]), (payload) => {
      if (!inspectRed(payload, 0, payload.length, -1, info)) return;
      expect(info.primaryOffset).toBeLessThan(payload.length);
      expect(4 * info.redundantCount).toBeLessThan(info.primaryOffset);
    }),
    { numRuns: 2000 },
  );
});

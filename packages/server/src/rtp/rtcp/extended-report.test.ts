import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RtcpCursor } from './cursor.ts';
import { parseReceiverTimes, writeReceiverReferenceTime } from './extended-report.ts';

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex');

function parse(packet: Buffer) {
  const cursor = new RtcpCursor();
  cursor.open(packet);
  expect(cursor.next()).toBe(true);
  return parseReceiverTimes(cursor);
}

test('a reference time report, byte for byte, over bytes that were not zero (RFC 3611, section 4.4)', () => {
  const buffer = Buffer.alloc(40, 0xff);
  const length = writeReceiverReferenceTime(buffer, 4, 1, 0x01020304, 0x05060708);
  expect(buffer.subarray(4, 4 + length)).toEqual(hex('80cf0004 00000001 04000002 01020304 05060708'));
});

test('reads the answers of a DLRR block, and passes other blocks by (RFC 3611, section 4.5)', () => {
  const other = '04000002 01020304 05060708';
  const answers = '05000006 00000001 0a0b0c0d 00008000 00000002 00000000 00000000';
  expect(parse(hex(`80cf000b 0000002a ${other} ${answers}`))).toEqual([
    { ssrc: 1, lastReceiverTime: 0x0a0b0c0d, delaySinceLastReceiverTime: 0x8000 },
    { ssrc: 2, lastReceiverTime: 0, delaySinceLastReceiverTime: 0 },
  ]);
});

test.each([
  ['a packet without a sender', '80cf0000'],
  ['a block beyond the packet', '80cf0002 00000001 05000003'],
])('refuses %s', (_, digits) => {
  expect(parse(hex(digits))).toBeUndefined();
});

test('a block that ends within an answer gives those before it', () => {
  expect(parse(hex('80cf0003 00000001 05000001 00000001'))).toEqual([]);
});

test('whatever comes is read without an exception, and nothing beyond the packet', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const words = Math.ceil(bytes.length / 4);
      const packet = Buffer.alloc(4 + 4 * words);
      packet.set([0x80, 207, words >> 8, words]);
      packet.set(bytes, 4);
      const found = parse(packet);
      expect(12 * (found?.length ?? 0)).toBeLessThanOrEqual(packet.length);
    }),
  );
});

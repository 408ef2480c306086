import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBye, writeBye } from './bye.ts';
import { RtcpCursor } from './cursor.ts';
import { parseFir, parsePli, writeFir, writePli } from './keyframe-request.ts';
import { parseNack, writeNack } from './nack.ts';
import { parseRemb, writeRemb } from './remb.ts';

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });

function cursorAt(packet: Buffer): RtcpCursor {
  const cursor = new RtcpCursor();
  cursor.open(packet);
  expect(cursor.next()).toBe(true);
  return cursor;
}

/** Writes behind other bytes and over old ones, and returns what was written. */
function written(write: (buffer: Buffer, offset: number) => number): Buffer {
  const buffer = Buffer.alloc(2000, 0xff);
  const length = write(buffer, 8);
  expect(length % 4).toBe(0);
  return buffer.subarray(8, 8 + length);
}

test('NACK merges numbers into PID and BLP (RFC 4585, section 6.2.1)', () => {
  // 10, and 11 and 26 as bits 0 and 15; 27 is beyond the bitmask; then across the wrap
  const packet = written((buffer, at) => writeNack(buffer, at, 1, 2, [10, 11, 26, 27, 0xfffe, 0, 1]));
  expect(packet).toEqual(hex('81cd0005 00000001 00000002 000a8001 001b0000 fffe0006'));
  const parsed = parseNack(cursorAt(packet));
  expect(parsed).toEqual({ senderSsrc: 1, mediaSsrc: 2, sequenceNumbers: [10, 11, 26, 27, 0xfffe, 0, 1] });
});

test('NACK: any sorted numbers come back, once each', () => {
  const gaps = fc.array(fc.nat(40), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff }), gaps, (start, steps) => {
      let last = start;
      const numbers = steps.map((step) => {
        last = (last + step) & 0xffff;
        return last;
      });
      const packet = written((buffer, at) => writeNack(buffer, at, 1, 2, numbers));
      expect(parseNack(cursorAt(packet))?.sequenceNumbers).toEqual([...new Set(numbers)]);
    }),
  );
});

test('NACK without an entry is malformed', () => {
  expect(parseNack(cursorAt(hex('81cd0002 00000001 00000002')))).toBeUndefined();
});

test('PLI, byte for byte', () => {
  const packet = written((buffer, at) => writePli(buffer, at, 1, 0xfedcba98));
  expect(packet).toEqual(hex('81ce0002 00000001 fedcba98'));
  expect(parsePli(cursorAt(packet))).toBe(0xfedcba98);
  expect(parsePli(cursorAt(hex('81ce0001 00000001')))).toBe(-1);
});

test('FIR, byte for byte, its sequence number wrapping at 8 bits', () => {
  const packet = written((buffer, at) => writeFir(buffer, at, 1, 0xfedcba98, 0x1ff));
  expect(packet).toEqual(hex('84ce0004 00000001 00000000 fedcba98 ff000000'));
  expect(parseFir(cursorAt(packet))).toEqual([{ mediaSsrc: 0xfedcba98, sequenceNumber: 255 }]);
  expect(parseFir(cursorAt(hex('84ce0003 00000001 00000000 fedcba98')))).toBeUndefined();
});

test('REMB, byte for byte: 1.5 Mbps is 187500 * 2^3', () => {
  const packet = written((buffer, at) =>
    writeRemb(buffer, at, { senderSsrc: 1, bitrateBps: 1_500_000, ssrcs: [2, 3] }),
  );
  expect(packet).toEqual(hex('8fce0006 00000001 00000000 52454d42 020edc6c 00000002 00000003'));
  expect(parseRemb(cursorAt(packet))).toEqual({ senderSsrc: 1, bitrateBps: 1_500_000, ssrcs: [2, 3] });
});

test('REMB: any bitrate comes back within 2^-17 of itself, never above', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.array(u32, { maxLength: 255 }), (bitrateBps, ssrcs) => {
      const packet = written((buffer, at) => writeRemb(buffer, at, { senderSsrc: 1, bitrateBps, ssrcs }));
      const parsed = parseRemb(cursorAt(packet));
      expect(parsed?.ssrcs).toEqual(ssrcs);
      expect(parsed?.bitrateBps).toBeLessThanOrEqual(bitrateBps);
      expect(parsed?.bitrateBps).toBeGreaterThanOrEqual(bitrateBps * (1 - 2 ** -17));
    }),
  );
});

test('application feedback that is not REMB, or too short for its count, is undefined', () => {
  expect(parseRemb(cursorAt(hex('8fce0004 00000001 00000000 58585858 00000000')))).toBeUndefined();
  expect(parseRemb(cursorAt(hex('8fce0004 00000001 00000000 52454d42 01000000')))).toBeUndefined();
  expect(parseRemb(cursorAt(hex('8fce0002 00000001 00000000')))).toBeUndefined();
});

test('BYE, byte for byte, and with a reason behind', () => {
  const packet = written((buffer, at) => writeBye(buffer, at, [1, 0xffffffff]));
  expect(packet).toEqual(hex('82cb0002 00000001 ffffffff'));
  expect(parseBye(cursorAt(packet))).toEqual([1, 0xffffffff]);
  expect(parseBye(cursorAt(hex('81cb0002 00000001 03627965')))).toEqual([1]);
  expect(parseBye(cursorAt(hex('82cb0001 00000001')))).toBeUndefined();
});

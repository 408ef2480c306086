import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RtcpCursor } from './cursor.ts';
import { parseSourceDescription, writeCname } from './source-description.ts';

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex');

function parse(packet: Buffer) {
  const cursor = new RtcpCursor();
  cursor.open(packet);
  expect(cursor.next()).toBe(true);
  return parseSourceDescription(cursor);
}

test('a CNAME, byte for byte, over bytes that were not zero (RFC 3550, section 6.5)', () => {
  const buffer = Buffer.alloc(40, 0xff);
  const length = writeCname(buffer, 4, 0x01020304, 'abc');
  expect(buffer.subarray(4, 4 + length)).toEqual(hex('81ca0003 01020304 01036162 63000000'));
});

test('a name that ends at a word boundary is followed by a word of zeros', () => {
  const buffer = Buffer.alloc(40, 0xff);
  const length = writeCname(buffer, 0, 1, 'ab');
  expect(buffer.subarray(0, length)).toEqual(hex('81ca0003 00000001 01026162 00000000'));
});

test('reads several sources, and passes other items by', () => {
  // A NAME item before the first CNAME; the second source has a TOOL only; the third a CNAME.
  const packet = hex('83ca0009 00000001 02017801 01610000 00000002 06017a00 00000003 01026263 00000000');
  expect(parse(packet.fill(8, 3, 4))).toEqual([
    { ssrc: 1, cname: 'a' },
    { ssrc: 3, cname: 'bc' },
  ]);
});

test.each([
  ['a source cut off', '82ca0002 00000001 00000000'],
  ['an item beyond the packet', '81ca0002 00000001 01036162'],
  ['no end of items', '81ca0002 00000001 01026162'],
  ['an item without a length', '81ca0002 00000001 01016101'],
])('refuses %s', (_, digits) => {
  expect(parse(hex(digits))).toBeUndefined();
});

test('any name up to 255 bytes comes back', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 255 }).filter((s) => Buffer.byteLength(s) <= 255);
  fc.assert(
    fc.property(name, (cname) => {
      const buffer = Buffer.alloc(300);
      const length = writeCname(buffer, 0, 7, cname);
      expect(length % 4).toBe(0);
      expect(parse(buffer.subarray(0, length))).toEqual([{ ssrc: 7, cname }]);
    }),
  );
});

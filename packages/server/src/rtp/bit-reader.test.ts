import { expect, test } from 'vitest';
import { BitReader } from './bit-reader.ts';

const bits = new BitReader();

test('reads across bytes, highest bit first, and only within what it was given', () => {
  bits.open(Buffer.from('ffa5c3ff', 'hex'), 1, 2);
  expect([bits.bits(3), bits.bits(9), bits.bits(4)]).toEqual([0b101, 0b001011100, 0b0011]);
  expect(bits.overrun).toBe(false);
  expect([bits.bit(), bits.overrun]).toEqual([0, true]);
});

test('32 bits are not a negative number', () => {
  bits.open(Buffer.from('ffffffff', 'hex'), 0, 4);
  expect(bits.bits(32)).toBe(0xffffffff);
});

test('ns(5) as in the table of the AV1 RTP specification: 00, 01, 10, 110, 111', () => {
  bits.open(Buffer.from([0b00011011, 0b01110000]), 0, 2);
  expect(Array.from({ length: 5 }, () => bits.nonSymmetric(5))).toEqual([0, 1, 2, 3, 4]);
});

test('one of one value takes no bits', () => {
  bits.open(Buffer.alloc(0), 0, 0);
  expect([bits.nonSymmetric(1), bits.overrun]).toEqual([0, false]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RtcpCursor } from './cursor.ts';
import {
  parseReceiverReport,
  parseSenderReport,
  type ReportBlock,
  type SenderReport,
  writeReceiverReport,
  writeSenderReport,
} from './report.ts';

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex');

function cursorAt(packet: Buffer): RtcpCursor {
  const cursor = new RtcpCursor();
  cursor.open(packet);
  expect(cursor.next()).toBe(true);
  return cursor;
}

const block: ReportBlock = {
  ssrc: 0x11223344,
  fractionLost: 64,
  cumulativeLost: -2,
  highestSequenceNumber: 0x0001fffe,
  jitter: 9,
  lastSenderReport: 0xb7052000,
  delaySinceLastSenderReport: 0x00054000,
};
const blockHex = '11223344 40fffffe 0001fffe 00000009 b7052000 00054000';
const report: SenderReport = {
  ssrc: 0xaabbccdd,
  ntpSeconds: 0xb44db705,
  ntpFraction: 0x20000000,
  rtpTimestamp: 0xfedcba98,
  packetCount: 1000,
  octetCount: 123456,
  blocks: [block],
};
const reportHex = `81c8000c aabbccdd b44db705 20000000 fedcba98 000003e8 0001e240 ${blockHex}`;

test('sender report, byte for byte (RFC 3550, section 6.4.1)', () => {
  const buffer = Buffer.alloc(100);
  const length = writeSenderReport(buffer, 4, report);
  expect(buffer.subarray(4, 4 + length)).toEqual(hex(reportHex));
  expect(parseSenderReport(cursorAt(hex(reportHex)))).toEqual(report);
});

test('receiver report, byte for byte', () => {
  const buffer = Buffer.alloc(100);
  const expected = hex(`81c90007 00000001 ${blockHex}`);
  const length = writeReceiverReport(buffer, 4, { ssrc: 1, blocks: [block] });
  expect(buffer.subarray(4, 4 + length)).toEqual(expected);
  expect(parseReceiverReport(cursorAt(expected))).toEqual({ ssrc: 1, blocks: [block] });
});

test('reports may be empty, and profile extensions behind the blocks are passed by', () => {
  expect(parseReceiverReport(cursorAt(hex('80c90001 00000001')))).toEqual({ ssrc: 1, blocks: [] });
  expect(parseReceiverReport(cursorAt(hex('80c90002 00000001 99999999')))).toEqual({ ssrc: 1, blocks: [] });
});

test('a count of blocks that the packet does not hold is malformed', () => {
  expect(parseReceiverReport(cursorAt(hex('80c90000')))).toBeUndefined();
  expect(parseReceiverReport(cursorAt(hex('81c90001 00000001')))).toBeUndefined();
  expect(parseSenderReport(cursorAt(hex('80c80001 00000001')))).toBeUndefined();
  expect(parseSenderReport(cursorAt(hex(reportHex.replace('81c8', '82c8'))))).toBeUndefined();
});

test('counters wrap, and the count of lost packets stays at its limits', () => {
  const buffer = Buffer.alloc(100);
  const far = { ...block, cumulativeLost: 2 ** 24, highestSequenceNumber: 2 ** 32 + 5 };
  writeSenderReport(buffer, 0, { ...report, packetCount: 2 ** 32 + 1, octetCount: 2 ** 33 + 2, blocks: [far] });
  const parsed = parseSenderReport(cursorAt(buffer.subarray(0, 52)));
  expect(parsed).toMatchObject({ packetCount: 1, octetCount: 2 });
  expect(parsed?.blocks[0]).toMatchObject({ cumulativeLost: 0x7fffff, highestSequenceNumber: 5 });
  writeReceiverReport(buffer, 0, { ssrc: 1, blocks: [{ ...block, cumulativeLost: -(2 ** 24) }] });
  expect(parseReceiverReport(cursorAt(buffer.subarray(0, 32)))?.blocks[0]?.cumulativeLost).toBe(-0x800000);
});

test('any report comes back', () => {
  const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
  const blocks = fc.array(
    fc.record({
      ssrc: u32,
      fractionLost: fc.integer({ min: 0, max: 255 }),
      cumulativeLost: fc.integer({ min: -0x800000, max: 0x7fffff }),
      highestSequenceNumber: u32,
      jitter: u32,
      lastSenderReport: u32,
      delaySinceLastSenderReport: u32,
    }),
    { maxLength: 31 },
  );
  const info = { ntpSeconds: u32, ntpFraction: u32, rtpTimestamp: u32, packetCount: u32, octetCount: u32 };
  fc.assert(
    fc.property(fc.record({ ssrc: u32, ...info, blocks }), (value) => {
      const buffer = Buffer.alloc(1000);
      const length = writeSenderReport(buffer, 0, value);
      expect(parseSenderReport(cursorAt(buffer.subarray(0, length)))).toEqual(value);
      const receiverLength = writeReceiverReport(buffer, 0, value);
      const { ssrc } = value;
      expect(parseReceiverReport(cursorAt(buffer.subarray(0, receiverLength)))).toEqual({ ssrc, blocks: value.blocks });
    }),
  );
});

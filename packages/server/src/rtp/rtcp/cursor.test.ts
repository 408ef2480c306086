import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostileBytes } from '../packet-fixture.ts';
import { parseBye } from './bye.ts';
import { RtcpCursor, rtcpType } from './cursor.ts';
import { parseFir, parsePli } from './keyframe-request.ts';
import { parseNack } from './nack.ts';
import { parseRemb } from './remb.ts';
import { parseReceiverReport, parseSenderReport } from './report.ts';
import { parseSourceDescription } from './source-description.ts';
import { parseTransportFeedback } from './transport-feedback.ts';

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const receiverReport = hex('80c90001 00000001');
const bye = hex('81cb0001 00000002');
const paddedBye = hex('a1cb0002 00000002 00000004');

function walk(datagram: Buffer): { packets: [type: number, start: number, end: number][]; malformed: boolean } {
  const cursor = new RtcpCursor();
  cursor.open(datagram);
  const packets: [number, number, number][] = [];
  while (cursor.next()) packets.push([cursor.packetType, cursor.start, cursor.end]);
  expect(cursor.next()).toBe(false);
  return { packets, malformed: cursor.malformed };
}

test('walks a compound packet and leaves padding out', () => {
  expect(walk(Buffer.concat([receiverReport, bye, paddedBye]))).toEqual({
    packets: [
      [rtcpType.receiverReport, 0, 8],
      [rtcpType.bye, 8, 16],
      [rtcpType.bye, 16, 24],
    ],
    malformed: false,
  });
});

test('a packet may be nothing but padding', () => {
  expect(walk(hex('a0c90001 00000004'))).toEqual({ packets: [[rtcpType.receiverReport, 0, 4]], malformed: false });
});

test('nothing is an empty walk, and the cursor can be opened again after a malformed one', () => {
  expect(walk(Buffer.alloc(0))).toEqual({ packets: [], malformed: false });
  const cursor = new RtcpCursor();
  cursor.open(hex('00'));
  expect(cursor.next()).toBe(false);
  cursor.open(bye);
  expect(cursor.next()).toBe(true);
  expect(cursor.malformed).toBe(false);
});

test.each([
  ['a header cut off', '80c900'],
  ['a length beyond the datagram', '80c90002 00000001'],
  ['version 1', '40c90001 00000001'],
  ['a padding count of 0', 'a0c90001 00000000'],
  ['more padding than packet', 'a0c90001 00000005'],
])('gives what stands before %s, and says so', (_, digits) => {
  const { packets, malformed } = walk(Buffer.concat([bye, hex(digits)]));
  expect(packets).toEqual([[rtcpType.bye, 0, 8]]);
  expect(malformed).toBe(true);
});

test('no parser throws or reads behind the packet, whatever type the bytes claim to be', () => {
  const block = '00000009 10000001 00010002 00000003 00000004 00000005';
  const valid = [
    hex(`81c8000c 00000001 00000002 00000003 00000004 00000005 00000006 ${block}`),
    hex(`81c90007 00000001 ${block}`),
    hex('81ca0003 00000001 01036162 63000000'),
    hex('82cb0002 00000001 00000002'),
    hex('81cd0003 00000001 00000002 00100003'),
    hex('8fcd0006 00000001 00000002 00010003 00000201 3001d40a 10ffff00'),
    hex('81ce0002 00000001 00000002'),
    hex('84ce0004 00000001 00000000 00000002 07000000'),
    hex('8fce0005 00000001 00000000 52454d42 0103ffff 00000002'),
  ];
  const parsers = [
    parseSenderReport,
    parseReceiverReport,
    parseSourceDescription,
    parseBye,
    parseNack,
    parseTransportFeedback,
    parsePli,
    parseFir,
    parseRemb,
  ];
  fc.assert(
    fc.property(hostileBytes(valid), (packet) => {
      // The same packet alone and in front of others: what follows must not change what is read.
      for (const parse of parsers) expect(readAll(packet, parse)).toEqual(readAll(packet, parse, bye));
    }),
    { numRuns: 5000 },
  );
});

function readAll(packet: Buffer, parse: (cursor: RtcpCursor) => unknown, follower = Buffer.alloc(0)): unknown[] {
  const cursor = new RtcpCursor();
  cursor.open(Buffer.concat([packet, follower]));
  const results: unknown[] = [];
  while (cursor.next() && cursor.end <= packet.length && cursor.start < packet.length) results.push(parse(cursor));
  return results;
}

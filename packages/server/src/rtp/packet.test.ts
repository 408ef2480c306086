import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRtcp, RtpPacketView } from './packet.ts';
import { hostileBytes, rtpPacket } from './packet-fixture.ts';

const view = new RtpPacketView();
const everything = rtpPacket({
  marker: true,
  payloadType: 111,
  sequenceNumber: 0xfffe,
  timestamp: 0x89abcdef,
  ssrc: 0xdeadbeef,
  csrcs: [1, 2],
  extension: { profile: 0xbede, elements: [0x10, 0x61] },
  payload: Buffer.from('payload'),
  paddingLength: 3,
});

test('reads every field of a packet that has everything', () => {
  expect(view.parse(everything)).toBe(true);
  expect(view).toMatchObject({
    length: 38,
    marker: true,
    payloadType: 111,
    sequenceNumber: 0xfffe,
    timestamp: 0x89abcdef,
    ssrc: 0xdeadbeef,
    csrcCount: 2,
    headerLength: 28,
    extensionProfile: 0xbede,
    extensionOffset: 24,
    extensionLength: 4,
    payloadOffset: 28,
    payloadLength: 7,
    paddingLength: 3,
  });
});

test('leaves nothing of the packet before', () => {
  view.parse(everything);
  expect(view.parse(rtpPacket({ payload: Buffer.from([1]) }))).toBe(true);
  expect(view).toMatchObject({ marker: false, csrcCount: 0, headerLength: 12, extensionProfile: 0, paddingLength: 0 });
  expect(view).toMatchObject({ extensionLength: 0, extensionOffset: 0, payloadLength: 1 });
});

test('takes a packet in the front of a longer buffer', () => {
  const slot = Buffer.concat([rtpPacket({ payload: Buffer.alloc(5) }), Buffer.alloc(100)]);
  expect(view.parse(slot, 17)).toBe(true);
  expect(view.payloadLength).toBe(5);
});

test.each([
  ['no bytes', Buffer.alloc(0)],
  ['a header cut off', rtpPacket().subarray(0, 11)],
  ['version 1', Buffer.concat([Buffer.from([0x40]), rtpPacket().subarray(1)])],
  ['CSRCs cut off', rtpPacket({ csrcs: [1, 2] }).subarray(0, 19)],
  ['an extension header cut off', rtpPacket({ extension: { profile: 0xbede, elements: [] } }).subarray(0, 15)],
  ['an extension cut off', rtpPacket({ extension: { profile: 0xbede, elements: [0x10, 1] } }).subarray(0, 19)],
  ['a padding count of 0', Buffer.concat([Buffer.from([0xa0]), rtpPacket({ payload: Buffer.alloc(4) }).subarray(1)])],
  ['padding without a byte', Buffer.concat([Buffer.from([0xa0]), rtpPacket().subarray(1)])],
  ['more padding than packet', Buffer.concat([Buffer.from([0xa0]), rtpPacket().subarray(1), Buffer.from([2])])],
])('refuses %s', (_, packet) => {
  expect(view.parse(packet)).toBe(false);
});

test('refuses a length beyond the buffer', () => {
  expect(view.parse(rtpPacket(), 13)).toBe(false);
});

test('accepts a packet of padding only', () => {
  expect(view.parse(rtpPacket({ paddingLength: 255 }))).toBe(true);
  expect(view).toMatchObject({ payloadLength: 0, paddingLength: 255 });
});

test('hostile bytes are refused or give parts that add up', () => {
  fc.assert(
    fc.property(hostileBytes([everything]), (packet) => {
      if (!view.parse(packet)) return;
      expect(view.payloadLength).toBeGreaterThanOrEqual(0);
      expect(view.headerLength + view.payloadLength + view.paddingLength).toBe(packet.length);
      expect(view.extensionOffset + view.extensionLength).toBeLessThanOrEqual(view.headerLength);
    }),
    { numRuns: 2000 },
  );
});

test('tells RTCP from RTP by the second byte (RFC 5761)', () => {
  expect(isRtcp(Buffer.from([0x80, 191]))).toBe(false);
  expect(isRtcp(Buffer.from([0x80, 192]))).toBe(true);
  expect(isRtcp(Buffer.from([0x80, 200]))).toBe(true);
  expect(isRtcp(Buffer.from([0x80, 223]))).toBe(true);
  expect(isRtcp(Buffer.from([0x80, 224]))).toBe(false); // payload type 96 with the marker bit
  expect(isRtcp(Buffer.from([0x80]))).toBe(false);
});

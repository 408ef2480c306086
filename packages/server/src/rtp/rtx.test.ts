import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findExtension } from './extensions.ts';
import { RtpPacketView } from './packet.ts';
import { hostileBytes, rtpPacket } from './packet-fixture.ts';
import { unwrapRtx, wrapRtx, writeRtxPadding } from './rtx.ts';

const extension = { profile: 0xbede, elements: [0x10, 0x61] };
const original = rtpPacket({
  marker: true,
  payloadType: 96,
  sequenceNumber: 0x1234,
  timestamp: 99,
  ssrc: 0xaaaaaaaa,
  csrcs: [7],
  extension,
  payload: Buffer.from('frame'),
});

function parsed(packet: Buffer): RtpPacketView {
  const view = new RtpPacketView();
  expect(view.parse(packet)).toBe(true);
  return view;
}

test('wraps: header of the RTX stream, then the original sequence number, then the payload', () => {
  const out = Buffer.alloc(1500);
  const length = wrapRtx(parsed(original), 0xbbbbbbbb, 97, 0xffff, out);
  const expected = rtpPacket({
    marker: true,
    payloadType: 97,
    sequenceNumber: 0xffff,
    timestamp: 99,
    ssrc: 0xbbbbbbbb,
    csrcs: [7],
    extension,
    payload: Buffer.concat([Buffer.from([0x12, 0x34]), Buffer.from('frame')]),
  });
  expect(out.subarray(0, length)).toEqual(expected);
});

test('unwraps what it wrapped, padding left out both ways', () => {
  const padded = rtpPacket({ payload: Buffer.from('frame'), sequenceNumber: 5, ssrc: 1, paddingLength: 9 });
  const plain = rtpPacket({ payload: Buffer.from('frame'), sequenceNumber: 5, ssrc: 1 });
  const rtx = Buffer.alloc(1500);
  const out = Buffer.alloc(1500);
  const rtxLength = wrapRtx(parsed(padded), 2, 97, 77, rtx);
  const length = unwrapRtx(parsed(rtx.subarray(0, rtxLength)), 1, 96, out);
  expect(out.subarray(0, length)).toEqual(plain);
});

test('a padding probe holds no packet', () => {
  const out = Buffer.alloc(1500);
  expect(unwrapRtx(parsed(rtpPacket({ paddingLength: 200 })), 1, 96, out)).toBe(-1);
  expect(unwrapRtx(parsed(rtpPacket({ payload: Buffer.from([1]) })), 1, 96, out)).toBe(-1);
});

test('padding alone carries what feedback goes by, and no packet', () => {
  const out = Buffer.alloc(1500, 0xff);
  const stream = { ssrc: 2, payloadType: 97, sequenceNumber: 5, timestamp: -1 };
  const ids = { transportCcId: 3, transportSequence: 0x1234, absSendTimeId: 4 };
  const view = parsed(out.subarray(0, writeRtxPadding({ ...stream, ...ids }, 1_000_000, out)));
  expect(view).toMatchObject({ ssrc: 2, payloadType: 97, sequenceNumber: 5, timestamp: 0xffffffff });
  expect(view).toMatchObject({ payloadLength: 0, paddingLength: 252, marker: false });
  expect(view.buffer.readUInt16BE(findExtension(view, 3))).toBe(0x1234);
  expect(view.buffer.readUIntBE(findExtension(view, 4), 3)).toBe(1 << 18);
  expect(unwrapRtx(view, 1, 96, Buffer.alloc(1500))).toBe(-1);
});

test('any packet survives the way there and back', () => {
  const parts = fc.record({
    marker: fc.boolean(),
    sequenceNumber: fc.integer({ min: 0, max: 0xffff }),
    csrcs: fc.array(fc.integer({ min: 0, max: 0xffff_ffff }), { maxLength: 15 }),
    extension: fc.constantFrom({ profile: 0xbede, elements: [0x10, 0x61] }, { profile: 0x1000, elements: [] }),
    payload: fc.uint8Array({ maxLength: 1200 }),
  });
  fc.assert(
    fc.property(parts, (value) => {
      const packet = rtpPacket({ ...value, payloadType: 96, ssrc: 0x11111111 });
      const rtx = Buffer.alloc(1500);
      const out = Buffer.alloc(1500);
      const rtxLength = wrapRtx(parsed(packet), 0x22222222, 97, 1, rtx);
      expect(rtxLength).toBe(packet.length + 2);
      const length = unwrapRtx(parsed(rtx.subarray(0, rtxLength)), 0x11111111, 96, out);
      expect(out.subarray(0, length)).toEqual(packet);
    }),
  );
});

test('what hostile RTX packets unwrap to is a packet again', () => {
  const view = new RtpPacketView();
  fc.assert(
    fc.property(hostileBytes([original]), (packet) => {
      if (!view.parse(packet)) return;
      const out = Buffer.alloc(packet.length);
      const length = unwrapRtx(view, 1, 96, out);
      if (length >= 0) expect(new RtpPacketView().parse(out, length)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

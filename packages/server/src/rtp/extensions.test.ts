import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  absSendTime,
  extensionDataLength,
  findExtension,
  readAbsSendTime,
  readAudioLevel,
  readTextExtension,
  readTransportCc,
  readVideoOrientation,
  readVoiceActivity,
} from './extensions.ts';
import { RtpPacketView } from './packet.ts';
import { hostileBytes, rtpPacket } from './packet-fixture.ts';

function packetWith(profile: number, elements: readonly number[]): RtpPacketView {
  const view = new RtpPacketView();
  expect(view.parse(rtpPacket({ extension: { profile, elements }, payload: Buffer.alloc(8, 0xff) }))).toBe(true);
  return view;
}

const text = (value: string) => [...Buffer.from(value)];
// mid "1", padding, rid "hi", transport-cc 0x1234, abs-send-time, audio level 5 with voice, orientation 2
const oneByte = [0x10, ...text('1'), 0, 0x21, ...text('hi'), 0x31, 0x12, 0x34, 0x42, 1, 2, 3, 0x50, 0x85, 0x60, 2];
const twoByte = [1, 1, ...text('1'), 0, 2, 2, ...text('hi'), 3, 2, 0x12, 0x34, 200, 3, 1, 2, 3, 5, 1, 0x85, 7, 0];

test.each([
  ['one-byte', 0xbede, oneByte, 4],
  ['two-byte', 0x1000, twoByte, 200],
  ['two-byte with application bits', 0x1005, twoByte, 200],
])('reads every extension in the %s form', (_, profile, elements, absSendTimeId) => {
  const packet = packetWith(profile, elements);
  expect(readTextExtension(packet, 1)).toBe('1');
  expect(readTextExtension(packet, 2)).toBe('hi');
  expect(readTransportCc(packet, 3)).toBe(0x1234);
  expect(readAbsSendTime(packet, absSendTimeId)).toBe(0x010203);
  expect(readAudioLevel(packet, 5)).toBe(5);
  expect(readVoiceActivity(packet, 5)).toBe(true);
  expect(findExtension(packet, 14)).toBe(-1);
});

test('reads the orientation byte', () => {
  expect(readVideoOrientation(packetWith(0xbede, oneByte), 6)).toBe(2);
});

test('a two-byte element may have no data: found, but nothing to read', () => {
  const packet = packetWith(0x1000, twoByte);
  const offset = findExtension(packet, 7);
  expect(offset).toBeGreaterThan(0);
  expect(extensionDataLength(packet, offset)).toBe(0);
  expect(readTextExtension(packet, 7)).toBeUndefined();
  expect(readAudioLevel(packet, 7)).toBe(-1);
});

test('an absent or too short extension reads as absent', () => {
  const packet = packetWith(0xbede, [0x30, 0x12]);
  expect(readTransportCc(packet, 3)).toBe(-1);
  expect(readAbsSendTime(packet, 3)).toBe(-1);
  expect(readTransportCc(packet, 4)).toBe(-1);
  expect(readVoiceActivity(packet, 4)).toBe(false);
  expect(readVideoOrientation(packet, 4)).toBe(-1);
});

test('id 0 means not negotiated, not padding', () => {
  expect(findExtension(packetWith(0xbede, oneByte), 0)).toBe(-1);
  expect(findExtension(packetWith(0x1000, twoByte), 0)).toBe(-1);
});

test('id 15, and id 0 with a length, end a one-byte block (RFC 8285, section 4.2)', () => {
  expect(findExtension(packetWith(0xbede, [0xf0, 1, 0x10, 2]), 1)).toBe(-1);
  expect(findExtension(packetWith(0xbede, [0x01, 1, 0x10, 2]), 1)).toBe(-1);
});

test('an element beyond its block is not found, even where payload follows', () => {
  expect(findExtension(packetWith(0xbede, [0x17, 1, 2, 3]), 1)).toBe(-1);
  expect(findExtension(packetWith(0x1000, [1, 3, 2, 3]), 1)).toBe(-1);
  expect(findExtension(packetWith(0x1000, [0, 0, 0, 1]), 1)).toBe(-1);
});

test('another profile, or no block at all, holds nothing', () => {
  expect(findExtension(packetWith(0x1234, oneByte), 1)).toBe(-1);
  const bare = new RtpPacketView();
  bare.parse(rtpPacket());
  expect(findExtension(bare, 1)).toBe(-1);
});

test('abs-send-time is 6.18 fixed point and wraps at 64 s', () => {
  expect(absSendTime(0)).toBe(0);
  expect(absSendTime(1_000_000)).toBe(1 << 18);
  expect(absSendTime(63_999_999)).toBe(0xffffff);
  expect(absSendTime(1_700_000_000_500_000)).toBe(((1_700_000_000 % 64) << 18) | (1 << 17));
});

test('hostile packets never throw, and what is found lies in the block', () => {
  const valid = [
    rtpPacket({ extension: { profile: 0xbede, elements: oneByte } }),
    rtpPacket({ extension: { profile: 0x1000, elements: twoByte } }),
  ];
  const packet = new RtpPacketView();
  fc.assert(
    fc.property(hostileBytes(valid), fc.integer({ min: 0, max: 255 }), (bytes, id) => {
      if (!packet.parse(bytes)) return;
      const offset = findExtension(packet, id);
      if (offset >= 0) {
        const end = offset + extensionDataLength(packet, offset);
        expect(end).toBeLessThanOrEqual(packet.extensionOffset + packet.extensionLength);
      }
      readTextExtension(packet, id);
      readTransportCc(packet, id);
      readAbsSendTime(packet, id);
      readAudioLevel(packet, id);
      readVoiceActivity(packet, id);
      readVideoOrientation(packet, id);
    }),
    { numRuns: 3000 },
  );
});

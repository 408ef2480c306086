import { describe, expect, it } from 'vitest';
import { SyntheticVp8 } from '../support/synthetic-stream.ts';
import { RandomBytes } from './random-bytes.ts';
import { TrackCheck } from './track-check.ts';

/** Two frames of three packets as the host sends them, and as a faultless server hands them on. */
function stream() {
  const random = new RandomBytes(0);
  const vp8 = new SyntheticVp8({ ssrc: 1, packetsPerFrame: 3, packetLength: 100, firstSequence: 65_533 });
  const sent = [...vp8.nextFrame(), ...vp8.nextFrame()];
  for (const packet of sent) random.bytes(packet.length - 28).copy(packet, 28);
  const received = sent.map((packet) => {
    const copy = Buffer.from(packet);
    copy.writeUInt16BE((copy.readUInt16BE(2) + 100) & 0xffff, 2);
    copy.writeUInt32BE(copy.readUInt32BE(4) + 5000, 4);
    copy.writeUInt16BE(0x8000 | ((copy.readUInt16BE(14) + 7) & 0x7fff), 14);
    return copy;
  });
  return { sent, received };
}

function check(change: (received: Buffer[]) => void): TrackCheck {
  const { sent, received } = stream();
  change(received);
  const track = new TrackCheck('video', sent, 'VP8');
  for (const packet of received) track.receive(packet);
  return track;
}

const at = (packets: Buffer[], index: number): Buffer => packets[index] ?? Buffer.alloc(0);

describe('the check of a track', () => {
  it('finds no fault in a stream that is rewritten and whole', () => {
    const track = check(() => {});
    expect([track.faults, track.frames, track.missing]).toEqual([[], 2, 0]);
  });

  it.each<[string, (received: Buffer[]) => void, string]>([
    ['a lost packet', (packets) => packets.splice(2, 1), 'packet 2 was expected, and 3 came'],
    ['a lost frame', (packets) => packets.splice(0, 3), 'starts no keyframe'],
    ['a repeated packet', (packets) => packets.splice(2, 0, at(packets, 1)), 'packet 2 was expected, and 1 came'],
    ['reordered packets', (packets) => packets.splice(1, 2, at(packets, 2), at(packets, 1)), 'packet 1 was expected'],
    ['a changed byte', (packets) => at(packets, 4).writeUInt8(0, 50), 'packet 4 has another payload'],
    [
      'a cut payload',
      (packets) => packets.splice(4, 1, at(packets, 4).subarray(0, 90)),
      'packet 4 has another payload',
    ],
    ['a gap in the picture ids', (packets) => at(packets, 3).writeUInt16BE(0x8009, 14), 'packet 3 has another payload'],
    ['another timestamp', (packets) => at(packets, 3).writeUInt32BE(1, 4), 'packet 3 has another timestamp'],
    ['a frame without its end', (packets) => at(packets, 2).writeUInt8(96, 1), 'packet 2 has another marker'],
    ['a packet of another room', (packets) => packets.unshift(Buffer.alloc(100, 0x80)), 'never sent by the host'],
  ])('finds %s', (_what, change, fault) => {
    expect(check(change).faults.join()).toContain(fault);
  });

  it('counts what is missing at the end', () => {
    expect(check((packets) => packets.splice(4, 2)).missing).toBe(2);
  });
});

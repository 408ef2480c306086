import { writeRtcpHeader } from '../../packages/server/src/rtp/rtcp/cursor.ts';
import type { RandomBytes } from './random-bytes.ts';

/** RTCP of every type, with random content about this SSRC or another; every third says a wrong length. */
export function randomRtcp(random: RandomBytes, mediaSsrc: number): Buffer {
  const packet = random.bytes(4 * (3 + random.below(60)));
  const padding = random.pick([0, 0x20]);
  writeRtcpHeader(packet, 0, 200 + random.below(8), random.below(32), packet.length);
  packet[0] = packet.readUInt8(0) | padding;
  if (random.below(3) === 0) packet.writeUInt16BE(random.below(2 ** 16), 2);
  if (random.below(4) !== 0) packet.writeUInt32BE(mediaSsrc, 8);
  return packet;
}

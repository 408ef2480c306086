import type { EncodedFrame } from './media-file.ts';
import { maxPayloadBytes } from './video-stream.ts';

/** The payloads of a VP8 frame (RFC 7741): descriptors with a picture id of 15 bits, and the frame in even parts. */
export function packetiseVp8({ units: [frame = Buffer.alloc(0)] }: EncodedFrame, pictureId: number): Buffer[] {
  const count = Math.ceil(frame.length / (maxPayloadBytes - vp8DescriptorLength));
  const partLength = Math.ceil(frame.length / count);
  return Array.from({ length: count }, (_, index) => {
    const part = frame.subarray(index * partLength, (index + 1) * partLength);
    const payload = Buffer.alloc(vp8DescriptorLength + part.length);
    payload[0] = index === 0 ? 0x90 : 0x80; // X, and S at the start of the partition
    payload[1] = 0x80; // I
    payload.writeUInt16BE(0x8000 | (pictureId & 0x7fff), 2); // M
    part.copy(payload, vp8DescriptorLength);
    return payload;
  });
}

const vp8DescriptorLength = 4;

/** The payloads of an H264 picture in packetization mode 1 (RFC 6184): single NAL units, or FU-A for those too large. */
export function packetiseH264({ units }: EncodedFrame): Buffer[] {
  return units.flatMap((unit) => (unit.length <= maxPayloadBytes ? [unit] : fragment(unit)));
}

const fuA = 28;
const fuHeaderLength = 2;

/** Section 5.8: the NAL unit's header becomes indicator and FU header. */
function fragment(unit: Buffer): Buffer[] {
  const header = unit.readUInt8(0);
  const content = unit.subarray(1);
  const count = Math.ceil(content.length / (maxPayloadBytes - fuHeaderLength));
  const partLength = Math.ceil(content.length / count);
  return Array.from({ length: count }, (_, index) => {
    const part = content.subarray(index * partLength, (index + 1) * partLength);
    const start = index === 0 ? 0x80 : 0;
    const end = index === count - 1 ? 0x40 : 0;
    return Buffer.concat([Buffer.from([(header & 0x60) | fuA, start | end | (header & 0x1f)]), part]);
  });
}

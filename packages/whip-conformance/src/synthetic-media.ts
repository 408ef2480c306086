import { payloadTypes, ssrcOf } from './offer.ts';
import type { Peer } from './peer.ts';

const frameMs = 20;
/** The tag and the start of a VP8 keyframe of 16 by 16 (RFC 6386, section 9.1), after its payload descriptor. */
const videoPayload = Buffer.from([
  0x10,
  0x10,
  0x02,
  0x00,
  0x9d,
  0x01,
  0x2a,
  0x10,
  0x00,
  0x10,
  0x00,
  ...Array(40).fill(0),
]);
/** One frame of silence, as Opus codes it. */
const audioPayload = Buffer.from([0xf8, 0xff, 0xfe]);

/** Sends packets that look like Opus and VP8, all of them keyframes, until it is stopped. @returns what stops it */
export function sendMedia(peer: Peer): () => void {
  let sequence = 0;
  const timer = setInterval(() => {
    sequence += 1;
    peer.send(packet(payloadTypes.audio, ssrcOf(0), sequence, sequence * 960, audioPayload));
    peer.send(packet(payloadTypes.video, ssrcOf(1), sequence, sequence * 1800, videoPayload));
  }, frameMs);
  return () => clearInterval(timer);
}

/** Every packet has the marker: each is a whole frame. */
function packet(payloadType: number, ssrc: number, sequence: number, timestamp: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = 0x80 | payloadType;
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE(timestamp >>> 0, 4);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, payload]);
}

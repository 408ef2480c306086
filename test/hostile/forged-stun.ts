import { createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { RandomBytes } from './random-bytes.ts';

const magicCookie = 0x2112a442;
/** RFC 8489, section 18.3; RFC 8445, section 16.1. */
const attributeType = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  useCandidate: 0x0025,
  priority: 0x0024,
  iceControlling: 0x802a,
  fingerprint: 0x8028,
} as const;
const fingerprintMask = 0x5354554e;

/** A binding request (RFC 8445, section 7.1) for this username, whole in form, and signed with a password of no one's. */
export function forgedBindingRequest(username: string, random: RandomBytes): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(0x0001, 0);
  header.writeUInt32BE(magicCookie, 4);
  let message = Buffer.concat([
    header,
    random.bytes(12),
    attribute(attributeType.username, Buffer.from(username)),
    attribute(attributeType.priority, random.bytes(4)),
    attribute(attributeType.iceControlling, random.bytes(8)),
    attribute(attributeType.useCandidate, Buffer.alloc(0)),
  ]);
  // Both are made over a header whose length counts them already (RFC 8489, sections 14.5 and 14.7).
  message.writeUInt16BE(message.length - 20 + 24, 2);
  const integrity = createHmac('sha1', random.bytes(24)).update(message).digest();
  message = Buffer.concat([message, attribute(attributeType.messageIntegrity, integrity)]);
  message.writeUInt16BE(message.length - 20 + 8, 2);
  const fingerprint = Buffer.alloc(4);
  fingerprint.writeUInt32BE((crc32(message) ^ fingerprintMask) >>> 0);
  return Buffer.concat([message, attribute(attributeType.fingerprint, fingerprint)]);
}

function attribute(type: number, value: Buffer): Buffer {
  const padded = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  padded.writeUInt16BE(type, 0);
  padded.writeUInt16BE(value.length, 2);
  value.copy(padded, 4);
  return padded;
}

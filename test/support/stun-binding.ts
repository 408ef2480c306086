import { createHmac, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const magicCookie = 0x2112a442;
/** RFC 8489, section 18.3; RFC 8445, section 16.1. */
const attributeType = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  useCandidate: 0x0025,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  iceControlling: 0x802a,
  fingerprint: 0x8028,
} as const;
const fingerprintMask = 0x5354554e;

/** A binding request (RFC 8445, section 7.1) that nominates. */
export function bindingRequest(username: string, password: string | Buffer): Buffer {
  return signed(password, [
    header(0x0001),
    randomBytes(12),
    attribute(attributeType.username, Buffer.from(username)),
    attribute(attributeType.priority, Buffer.from([0x6e, 0x00, 0x1e, 0xff])),
    attribute(attributeType.iceControlling, Buffer.alloc(8, 7)),
    attribute(attributeType.useCandidate, Buffer.alloc(0)),
  ]);
}

/** The answer that a request asks for, which came from this port of this machine. */
export function bindingSuccess(request: Buffer, password: string, port: number): Buffer {
  const address = Buffer.alloc(8);
  address.writeUInt16BE(1, 0);
  address.writeUInt16BE(port ^ (magicCookie >>> 16), 2);
  address.writeUInt32BE((0x7f000001 ^ magicCookie) >>> 0, 4);
  return signed(password, [
    header(0x0101),
    request.subarray(8, 20),
    attribute(attributeType.xorMappedAddress, address),
  ]);
}

function header(type: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt32BE(magicCookie, 4);
  return bytes;
}

function signed(password: string | Buffer, parts: readonly Buffer[]): Buffer {
  let message = Buffer.concat(parts);
  // Both are made over a header whose length counts them already (RFC 8489, sections 14.5 and 14.7).
  message.writeUInt16BE(message.length - 20 + 24, 2);
  const integrity = createHmac('sha1', password).update(message).digest();
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

import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isIPv4, SocketAddress } from 'node:net';
import { crc32 } from 'node:zlib';

/** A peer sent what is no STUN message, or one that lacks something. */
export class StunError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StunError';
  }
}

/** Methods and classes in one number (RFC 8489, section 5; RFC 8656, section 18). */
export const stunTypes = {
  bindingRequest: 0x0001,
  bindingSuccess: 0x0101,
  allocateRequest: 0x0003,
  allocateSuccess: 0x0103,
  allocateError: 0x0113,
  refreshRequest: 0x0004,
} as const;

/** RFC 8489, section 18.3; RFC 8656, section 18. */
export const stunAttributes = {
  mappedAddress: 0x0001,
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  lifetime: 0x000d,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedTransport: 0x0019,
  xorMappedAddress: 0x0020,
  fingerprint: 0x8028,
} as const;

export interface StunMessage {
  readonly type: number;
  /** 12 bytes. */
  readonly transactionId: Buffer;
  /** The first of each type counts (RFC 8489, section 14). */
  readonly attributes: ReadonlyMap<number, Buffer>;
  /** As it came, for its integrity; and where that attribute begins. */
  readonly bytes: Buffer;
  readonly integrityOffset: number | undefined;
}

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

const magicCookie = 0x2112a442;
export const stunHeaderBytes = 20;
const integrityBytes = 20;
const fingerprintMask = 0x5354554e;

export const newTransactionId = () => randomBytes(12);

/** @throws StunError */
export function parseStunMessage(bytes: Buffer): StunMessage {
  if (bytes.length < stunHeaderBytes) throw new StunError('shorter than a header');
  if (bytes.readUInt32BE(4) !== magicCookie) throw new StunError('no STUN: the magic cookie is missing');
  const type = bytes.readUInt16BE(0);
  if (type > 0x3fff || stunHeaderBytes + bytes.readUInt16BE(2) !== bytes.length) throw new StunError('another length');
  const attributes = new Map<number, Buffer>();
  let integrityOffset: number | undefined;
  for (let offset = stunHeaderBytes; offset < bytes.length; ) {
    if (offset + 4 > bytes.length) throw new StunError('an attribute is cut off');
    const attribute = bytes.readUInt16BE(offset);
    const end = offset + 4 + bytes.readUInt16BE(offset + 2);
    if (end > bytes.length) throw new StunError('an attribute is longer than the message');
    if (!attributes.has(attribute)) attributes.set(attribute, bytes.subarray(offset + 4, end));
    if (attribute === stunAttributes.messageIntegrity) integrityOffset ??= offset;
    offset = end + padding(end);
  }
  return { type, transactionId: bytes.subarray(8, stunHeaderBytes), attributes, bytes, integrityOffset };
}

/** Values are padded to multiples of 4 (RFC 8489, section 14). */
function padding(length: number): number {
  return -length & 3;
}

export interface StunContent {
  readonly type: number;
  readonly transactionId: Buffer;
  readonly attributes: readonly (readonly [type: number, value: Buffer])[];
}

/** With a fingerprint, and with integrity where there is a key. */
export function encodeStunMessage({ type, transactionId, attributes }: StunContent, key?: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(type, 0);
  header.writeUInt32BE(magicCookie, 4);
  let message = Buffer.concat([header, transactionId, ...attributes.map(([name, value]) => attributeOf(name, value))]);
  if (key !== undefined) {
    setLength(message, message.length + 4 + integrityBytes);
    const integrity = createHmac('sha1', key).update(message).digest();
    message = Buffer.concat([message, attributeOf(stunAttributes.messageIntegrity, integrity)]);
  }
  setLength(message, message.length + 8);
  const fingerprint = Buffer.alloc(4);
  fingerprint.writeUInt32BE((crc32(message) ^ fingerprintMask) >>> 0);
  return Buffer.concat([message, attributeOf(stunAttributes.fingerprint, fingerprint)]);
}

function setLength(message: Buffer, length: number): void {
  message.writeUInt16BE(length - stunHeaderBytes, 2);
}

function attributeOf(type: number, value: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value, Buffer.alloc(padding(value.length))]);
}

/** The key of long-term credentials (RFC 8489, section 9.2.2). */
export function longTermKey(username: string, realm: string, password: string): Buffer {
  return createHash('md5').update(`${username}:${realm}:${password}`).digest();
}

/** Whether whoever sent it knows the key (RFC 8489, section 14.5). */
export function hasIntegrity({ bytes, integrityOffset, attributes }: StunMessage, key: Buffer): boolean {
  const given = attributes.get(stunAttributes.messageIntegrity);
  if (integrityOffset === undefined || given?.length !== integrityBytes) return false;
  const covered = Buffer.from(bytes.subarray(0, integrityOffset));
  setLength(covered, integrityOffset + 4 + integrityBytes);
  return timingSafeEqual(createHmac('sha1', key).update(covered).digest(), given);
}

/** An address by its attribute (RFC 8489, sections 14.1 and 14.2). @throws StunError where it is none */
export function addressIn(message: StunMessage, attribute: number): Endpoint | undefined {
  const value = message.attributes.get(attribute);
  if (value === undefined) return undefined;
  const family = value[1];
  const length = family === 1 ? 4 : 16;
  if ((family !== 1 && family !== 2) || value.length !== 4 + length) throw new StunError('an address of no family');
  // Masked with the cookie and the transaction, so that no router on the way takes it for an address to rewrite.
  const mask = attribute === stunAttributes.mappedAddress ? Buffer.alloc(16) : message.bytes.subarray(4, 20);
  const bytes = Array.from(value.subarray(4), (byte, index) => byte ^ (mask[index] ?? 0));
  const port = value.readUInt16BE(2) ^ mask.readUInt16BE(0);
  if (family === 1) return { address: bytes.join('.'), port };
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  );
  return { address: new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address, port };
}

/** The value of an XOR-MAPPED-ADDRESS in the answer to this transaction (RFC 8489, section 14.2). */
export function xorAddressValue({ address, port }: Endpoint, transactionId: Buffer): Buffer {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  const isIpv4 = isIPv4(plain);
  const bytes = isIpv4 ? plain.split('.').map(Number) : ipv6Bytes(plain);
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(magicCookie);
  transactionId.copy(mask, 4);
  const masked = bytes.map((byte, index) => byte ^ (mask[index] ?? 0));
  const value = Buffer.from([0, isIpv4 ? 1 : 2, 0, 0, ...masked]);
  value.writeUInt16BE(port ^ (magicCookie >>> 16), 2);
  return value;
}

function ipv6Bytes(address: string): number[] {
  const [front = '', back] = address.replace(/%.*$/, '').split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [first, last] = [groups(front), groups(back ?? '')];
  const all = [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
  return all.flatMap((group) => [group >>> 8, group & 0xff]);
}

export interface StunRefusal {
  readonly code: number;
  readonly reason: string;
}

/** RFC 8489, section 14.8. */
export function refusalIn({ attributes }: StunMessage): StunRefusal | undefined {
  const value = attributes.get(stunAttributes.errorCode);
  if (value === undefined || value.length < 4) return undefined;
  return { code: ((value[2] ?? 0) & 7) * 100 + (value[3] ?? 0), reason: value.toString('utf8', 4) };
}

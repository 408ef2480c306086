import { createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import type { FuzzedDatagram, There } from './datagram-inputs.ts';

/** RFC 8489, section 18.3, and RFC 8445, section 16.1. */
const attributeTypes = {
  username: 0x0006,
  integrity: 0x0008,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  controlled: 0x8029,
  controlling: 0x802a,
} as const;
const otherTypes = [
  0x0001, 0x0009, 0x000a, 0x0014, 0x0015, 0x0020, 0x001c, 0x0012, 0x0013, 0x8022, 0x8023, 0xc057, 0xffff,
];
const magicCookie = 0x2112a442;
const headerLength = 20;
const fingerprintMask = 0x5354554e;

interface Attribute {
  readonly type: number;
  readonly value: Buffer;
  /** Where it tells a length that it has not got. */
  readonly toldLength: number | null;
}

const attributeValue: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom(0, 4, 8, 20, 513, 764, 1200).map((length) => Buffer.alloc(length, 0x41)),
);

const attribute: fc.Arbitrary<Attribute> = fc.record({
  type: fc.constantFrom(...Object.values(attributeTypes), ...otherTypes),
  value: attributeValue,
  toldLength: fc.option(fc.integer({ min: 0, max: 0xffff }), { freq: 6 }),
});

const usernames: readonly ((there: There) => string)[] = [
  ({ ufrag }) => `${ufrag}:peer`,
  ({ ufrag }) => `${ufrag}:peer`,
  ({ liveUsername }) => liveUsername,
  ({ liveUsername }) => liveUsername.split(':').reverse().join(':'),
  ({ ufrag }) => ufrag,
  ({ ufrag }) => `${ufrag}:`.repeat(40),
  () => ':',
];

/** Requests, indications, answers and errors (RFC 8489, section 5), binding and otherwise; whole, and damaged. */
export const stun: fc.Arbitrary<FuzzedDatagram> = fc
  .record({
    type: fc.oneof(
      { weight: 5, arbitrary: fc.constant(0x0001) },
      fc.constantFrom(0x0011, 0x0101, 0x0111, 0x0003, 0x0004, 0x0016, 0x0017, 0x0113, 0x3fff),
    ),
    transaction: fc.uint8Array({ minLength: 12, maxLength: 12 }),
    username: fc.constantFrom(...usernames),
    before: fc.array(attribute, { maxLength: 4 }),
    role: fc.constantFrom(attributeTypes.controlling, attributeTypes.controlled),
    nominates: fc.boolean(),
    isSigned: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.boolean()),
    after: fc.array(attribute, { maxLength: 2 }),
    toldLength: fc.option(fc.integer({ min: 0, max: 0xffff }), { freq: 8 }),
    cutTo: fc.option(fc.nat(200), { freq: 8 }),
  })
  .map((message) => ({ make: (there: There) => write(message, there) }));

type Message = {
  type: number;
  transaction: Uint8Array;
  username: (there: There) => string;
  before: readonly Attribute[];
  role: number;
  nominates: boolean;
  isSigned: boolean;
  after: readonly Attribute[];
  toldLength: number | null;
  cutTo: number | null;
};

function write(message: Message, there: There): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(message.type);
  head.writeUInt32BE(magicCookie, 4);
  const priority = Buffer.from([0x6e, 0x00, 0x1e, 0xff]);
  const plain = (type: number, value: Buffer): Attribute => ({ type, value, toldLength: null });
  let datagram: Buffer = Buffer.concat([
    head,
    message.transaction,
    ...message.before.map(bytesOf),
    bytesOf(plain(attributeTypes.username, Buffer.from(message.username(there)))),
    bytesOf(plain(attributeTypes.priority, priority)),
    bytesOf(plain(message.role, Buffer.alloc(8, 7))),
    ...(message.nominates ? [bytesOf(plain(attributeTypes.useCandidate, Buffer.alloc(0)))] : []),
  ]);
  if (message.isSigned) datagram = signed(datagram, there.pwd);
  datagram = Buffer.concat([datagram, ...message.after.map(bytesOf)]);
  datagram.writeUInt16BE((message.toldLength ?? datagram.length - headerLength) & 0xffff, 2);
  return message.cutTo === null ? datagram : datagram.subarray(0, message.cutTo);
}

/** Both are made over a header whose length counts them already (RFC 8489, sections 14.5 and 14.7). */
function signed(message: Buffer, pwd: string): Buffer {
  message.writeUInt16BE(message.length - headerLength + 24, 2);
  const value = createHmac('sha1', pwd).update(message).digest();
  const whole = Buffer.concat([message, bytesOf({ type: attributeTypes.integrity, value, toldLength: null })]);
  whole.writeUInt16BE(whole.length - headerLength + 8, 2);
  const fingerprint = Buffer.alloc(4);
  fingerprint.writeUInt32BE((crc32(whole) ^ fingerprintMask) >>> 0);
  return Buffer.concat([whole, bytesOf({ type: attributeTypes.fingerprint, value: fingerprint, toldLength: null })]);
}

function bytesOf({ type, value, toldLength }: Attribute): Buffer {
  const padded = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  padded.writeUInt16BE(type);
  padded.writeUInt16BE(toldLength ?? value.length, 2);
  value.copy(padded, 4);
  return padded;
}

import { createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { crc32 } from 'node:zlib';

const magicCookie = 0x2112_a442;
const type = { request: 0x0001, success: 0x0101 } as const;
const attribute = {
  username: 0x0006,
  integrity: 0x0008,
  priority: 0x0024,
  fingerprint: 0x8028,
  controlling: 0x802a,
} as const;
const tries = 4;
const waitMs = 400;

export interface ConsentCheck {
  readonly address: string;
  readonly port: number;
  /** `server:client`, the ICE user fragments. */
  readonly username: string;
  /** The server's ICE password. */
  readonly password: string;
}

/** Sends connectivity checks (RFC 8445, section 7.2.4) from a port of its own. @returns whether one was answered well */
export async function answersChecks({ address, port, username, password }: ConsentCheck): Promise<boolean> {
  const transaction = randomBytes(12);
  const request = bindingRequest(transaction, username, password);
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  const answered = Promise.withResolvers<boolean>();
  socket.on('error', () => answered.resolve(false));
  socket.on('message', (message) => {
    if (message.length < 20 || message.readUInt16BE(0) !== type.success) return;
    if (message.subarray(8, 20).equals(transaction)) answered.resolve(true);
  });
  const timers = Array.from({ length: tries }, (_, index) =>
    setTimeout(() => socket.send(request, port, address), index * waitMs),
  );
  const end = setTimeout(() => answered.resolve(false), tries * waitMs);
  try {
    return await answered.promise;
  } finally {
    for (const timer of [...timers, end]) clearTimeout(timer);
    socket.close();
  }
}

/** RFC 8489: header, attributes, MESSAGE-INTEGRITY, FINGERPRINT. */
function bindingRequest(transaction: Buffer, username: string, password: string): Buffer {
  const priority = Buffer.alloc(4);
  priority.writeUInt32BE(0x6e00_1eff);
  const attributes = [
    encode(attribute.username, Buffer.from(username)),
    encode(attribute.priority, priority),
    encode(attribute.controlling, randomBytes(8)),
  ];
  const upToIntegrity = message(transaction, attributes, 24);
  const hmac = createHmac('sha1', password).update(upToIntegrity).digest();
  attributes.push(encode(attribute.integrity, hmac));
  const fingerprint = Buffer.alloc(4);
  fingerprint.writeUInt32BE((crc32(message(transaction, attributes, 8)) ^ 0x5354_554e) >>> 0);
  attributes.push(encode(attribute.fingerprint, fingerprint));
  return message(transaction, attributes, 0);
}

/** @param following bytes of the attribute after these, which the length has to count already */
function message(transaction: Buffer, attributes: readonly Buffer[], following: number): Buffer {
  const body = Buffer.concat(attributes);
  const head = Buffer.alloc(8);
  head.writeUInt16BE(type.request, 0);
  head.writeUInt16BE(body.length + following, 2);
  head.writeUInt32BE(magicCookie, 4);
  return Buffer.concat([head, transaction, body]);
}

function encode(name: number, value: Buffer): Buffer {
  const padded = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  padded.writeUInt16BE(name, 0);
  padded.writeUInt16BE(value.length, 2);
  value.copy(padded, 4);
  return padded;
}

import { once } from 'node:events';
import { connect } from 'node:net';
import type { RandomBytes } from './random-bytes.ts';

const key = 'dGhlIHNhbXBsZSBub25jZQ==';

function upgrade(path: string, version = '13', websocketKey = key): string {
  return [
    `GET ${path} HTTP/1.1`,
    'Host: x',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Version: ${version}`,
    `Sec-WebSocket-Key: ${websocketKey}`,
    '\r\n',
  ].join('\r\n');
}

/** Handshakes that are answered with an HTTP error. */
export const badUpgrades: readonly string[] = [
  upgrade('/'),
  upgrade('/signal'),
  upgrade('/signal/'),
  upgrade('/signal/%zz'),
  upgrade('/signal/%00'),
  upgrade('/signal/a/b'),
  upgrade(`/signal/${'x'.repeat(129)}`),
  upgrade('/signal/live', '99'),
  upgrade('/signal/live', '13', 'short'),
  upgrade('/signal/live').replace('GET', 'POST'),
];

/** Frames that break RFC 6455, and the code that section 7.4.1 has for it. A client's frames are masked; 0 changes nothing. */
export const brokenFrames: readonly (readonly [string, readonly number[], number])[] = [
  ['not masked', [0x81, 0x02, 0x7b, 0x7d], 1002],
  ['a reserved opcode', [0x83, 0x80, 0, 0, 0, 0], 1002],
  ['reserved bits', [0xf1, 0x80, 0, 0, 0, 0], 1002],
  ['a continuation of nothing', [0x80, 0x80, 0, 0, 0, 0], 1002],
  ['a fragmented ping', [0x09, 0x80, 0, 0, 0, 0], 1002],
  ['a ping that is too long', [0x89, 0xfe, 0x01, 0x00, 0, 0, 0, 0], 1002],
  ['a close frame of one byte', [0x88, 0x81, 0, 0, 0, 0, 1], 1002],
  ['text that is not UTF-8', [0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28], 1007],
  ['a length of 2^63', [0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1009],
];

/** The close code that the server answers a broken frame with. */
export async function closeCodeAfter(port: number, frame: readonly number[]): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write(upgrade('/signal/live'));
  await once(socket, 'data');
  socket.write(Buffer.from(frame));
  await once(socket, 'close');
  const received = Buffer.concat(chunks);
  return received.readUInt16BE(received.lastIndexOf(Buffer.from([0x88])) + 2);
}

/** Opens sockets and drops them at different places: within the handshake, after it, and within a message. */
export async function dropSockets(port: number, count: number, random: RandomBytes): Promise<void> {
  const begun = Buffer.concat([
    Buffer.from(upgrade('/signal/live')),
    Buffer.from([0x81, 0xfe, 0x10, 0x00, 0, 0, 0, 0]),
  ]);
  const sockets = Array.from({ length: count }, async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    await new Promise((resolve) => socket.write(begun.subarray(0, random.below(begun.length + 1)), resolve));
    socket.resetAndDestroy();
    await once(socket, 'close');
  });
  await Promise.all(sockets);
}

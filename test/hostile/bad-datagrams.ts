import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { forgedBindingRequest } from './forged-stun.ts';
import type { RandomBytes } from './random-bytes.ts';

/** As many as go out at once, well below what a socket's buffer holds: the flood is of nonsense, not of bandwidth. */
const burst = 20;
const burstIntervalMs = 4;

/** One datagram of each kind, for each call. */
type Datagram = (random: RandomBytes) => Buffer;

function beginningWith(first: readonly number[], maxLength: number): Datagram {
  return (random) => {
    const datagram = random.bytes(first.length + random.below(maxLength));
    datagram.set(first);
    return datagram;
  };
}

/** First bytes tell the protocols of the port apart (RFC 7983): STUN below 4, DTLS from 20, RTP and RTCP from 128. */
const garbage: readonly Datagram[] = [
  (random) => random.bytes(random.below(1400)),
  (random) => random.bytes(random.below(4)),
  beginningWith([], 60_000),
  beginningWith([0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xa4, 0x42], 60),
  beginningWith([0x01, 0x01, 0xff, 0xfc, 0x21, 0x12, 0xa4, 0x42], 100),
  beginningWith([0x80, 96], 1200),
  beginningWith([0x9f, 0xe0], 1200),
  beginningWith([0x80, 200, 0, 6], 100),
  // DTLS 1.2: a handshake record, application data, and an alert that would end the connection.
  beginningWith([22, 0xfe, 0xfd, 0, 0], 400),
  beginningWith([23, 0xfe, 0xfd, 0, 1], 1200),
  () => Buffer.from([21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0]),
  beginningWith([64], 200),
];

/** STUN in good form that is nobody's, or names a live connection and is not signed by its peer. */
function forgeries(username: string): readonly Datagram[] {
  const [server = '', peer = ''] = username.split(':');
  const names = [
    username,
    `${peer}:${server}`,
    `${server}:`,
    `${server}:nobody`,
    'nobody:nobody',
    ':',
    server.repeat(100),
  ];
  const whole = names.map(
    (name): Datagram =>
      (random) =>
        forgedBindingRequest(name, random),
  );
  const cut: Datagram = (random) => {
    const request = forgedBindingRequest(username, random);
    return request.subarray(0, random.below(request.length));
  };
  const damaged: Datagram = (random) => {
    const request = forgedBindingRequest(username, random);
    request[random.below(request.length)] = random.below(256);
    return request;
  };
  // Claims to be longer than the datagram is.
  const overlong: Datagram = (random) => {
    const request = forgedBindingRequest(username, random);
    request.writeUInt16BE(0xfffc, 2);
    return request;
  };
  return [...whole, cut, damaged, overlong];
}

/**
 * Sends so many datagrams to the media port, from a few addresses in turn.
 * @param username of a live connection, so that its own part of the server has to look at them
 * @returns how many were answered
 */
export async function sendBadDatagrams(
  port: number,
  count: number,
  username: string,
  random: RandomBytes,
): Promise<number> {
  const kinds: readonly Datagram[] = [...garbage, ...forgeries(username)];
  const sockets = Array.from({ length: 4 }, () => createSocket('udp4'));
  let answers = 0;
  for (const socket of sockets) {
    socket.on('message', () => {
      answers += 1;
    });
  }
  await Promise.all(sockets.map((socket) => once(socket.bind(0, '127.0.0.1'), 'listening')));
  for (let sent = 0; sent < count; sent += burst) {
    for (let index = sent; index < sent + burst; index += 1) {
      const datagram = kinds[index % kinds.length]?.(random) ?? Buffer.alloc(0);
      sockets[Math.floor(index / kinds.length) % sockets.length]?.send(datagram, port, '127.0.0.1');
    }
    await new Promise((resolve) => setTimeout(resolve, burstIntervalMs));
  }
  for (const socket of sockets) socket.close();
  return answers;
}

import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClientPeer } from '../../packages/server/src/transport/datachannel/client-peer.ts';
import { LiveRoom } from '../hostile/live-room.ts';
import { eventually } from '../support/eventually.ts';
import { heldObjects } from '../support/gauges.ts';
import { MediaServerProcess } from '../support/media-server.ts';
import { bindingRequest, bindingSuccess } from '../support/stun-binding.ts';
import { exchangeOffer, watchOffer } from '../support/whip-peer.ts';
import { residentBytes } from './memory.ts';

// Viewers who ask for a session and never take it up: without ICE, with ICE and no DTLS, and with DTLS left half-way.

const withoutIce = 1000;
const ofEachOther = 50;
const maxConnections = 1103;
const stunRequest = 0x0001;
const stunSuccess = 0x0101;
const dtlsHandshake = 22;
const mebibyte = 1024 * 1024;
let server: MediaServerProcess;
let live: LiveRoom;
let heldBefore: string[];
const sockets: Socket[] = [];

beforeAll(async () => {
  const settings = { 'rooms.max_viewers_per_room': '10000', 'server.max_connections': String(maxConnections) };
  server = await MediaServerProcess.start(settings);
  live = await LiveRoom.open(server.url, 'live', 2);
  heldBefore = await held();
});

afterAll(async () => {
  for (const socket of sockets) socket.close();
  await live?.close();
  await server?.stop();
});

async function held(): Promise<string[]> {
  return heldObjects(await (await fetch(`${server.url}/metrics`)).text());
}

const connections = async () => Number((await held()).join('\n').match(/transport_connections (\d+)/)?.[1] ?? 0);

/** Groups, point formats, signatures by ECDSA, extended master secret (RFC 7627), SRTP (RFC 5764), as browsers offer them. */
const extensions = Buffer.from(
  ['000a00060004001d0017', '000b00020100', '000d000400020403', '00170000', '000e00050002000100'].join(''),
  'hex',
);

/** A ClientHello of DTLS 1.2 with one cipher suite (RFC 6347, section 4.2.1), in one record. */
function clientHello(): Buffer {
  const body = Buffer.concat([
    Buffer.from('fefd', 'hex'),
    randomBytes(32),
    // No session, no cookie, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, no compression.
    Buffer.from('00000002c02b0100', 'hex'),
    Buffer.from([0, extensions.length]),
    extensions,
  ]);
  const length = Buffer.from([0, body.length >> 8, body.length & 0xff]);
  const handshake = Buffer.concat([Buffer.from([1]), length, Buffer.from('0000000000', 'hex'), length, body]);
  const record = Buffer.from('16fefd00000000000000000000', 'hex');
  record.writeUInt16BE(handshake.length, 11);
  return Buffer.concat([record, handshake]);
}

/** Asks for a session, and gets through ICE from a socket of its own. Resolves with what DTLS answers, if it is begun. */
async function getThroughIce(beginsDtls: boolean): Promise<number> {
  const peer = await createClientPeer();
  const { local } = await exchangeOffer(`${server.url}/whep/live`, watchOffer(peer.remote));
  peer.close();
  const socket = createSocket('udp4');
  sockets.push(socket);
  let [isThrough, dtlsBytes] = [false, 0];
  const send = (datagram: Buffer) => socket.send(datagram, server.mediaPort, '127.0.0.1');
  socket.on('message', (datagram) => {
    const type = datagram.readUInt16BE(0);
    // A check of the server's own: node-datachannel makes some, the native transport only answers.
    if (type === stunRequest) send(bindingSuccess(datagram, peer.remote.ice.pwd, server.mediaPort));
    else if (type === stunSuccess) isThrough = true;
    else if (datagram[0] === dtlsHandshake) dtlsBytes += datagram.length;
  });
  await eventually(
    () => {
      send(bindingRequest(`${local.ice.ufrag}:${peer.remote.ice.ufrag}`, local.ice.pwd));
      return isThrough;
    },
    (through) => through,
    'ICE to get through',
  );
  if (!beginsDtls) return 0;
  return await eventually(
    () => {
      send(clientHello());
      return dtlsBytes;
    },
    (bytes) => bytes > 0,
    'an answer to the ClientHello',
  );
}

it('frees every session that is never taken up, holds the limit meanwhile, and the live room loses nothing', async () => {
  const beforeBytes = residentBytes(server.pid);
  const peer = await createClientPeer();
  const offer = watchOffer(peer.remote);
  for (let begun = 0; begun < withoutIce; begun += 50)
    await Promise.all(Array.from({ length: 50 }, () => exchangeOffer(`${server.url}/whep/live`, offer)));
  await live.goOn();
  const others = Array.from({ length: 2 * ofEachOther }, (_, index) => getThroughIce(index % 2 === 0));
  const answers = await Promise.all(others);
  expect(answers.filter((bytes) => bytes > 0).length).toBe(ofEachOther);
  await live.goOn();

  // A busy machine may have freed the first of them by now.
  const open = await connections();
  const free = maxConnections - open;
  console.log(`${open} connections open, ${Math.round((residentBytes(server.pid) - beforeBytes) / mebibyte)} MiB more`);
  const results = Array.from({ length: free + 20 }, () =>
    exchangeOffer(`${server.url}/whep/live`, offer).then(
      () => 'taken',
      (error: unknown) => String(error),
    ),
  );
  const refusals = (await Promise.all(results)).filter((result) => result !== 'taken');
  expect(await connections()).toBeLessThanOrEqual(maxConnections);
  for (const refusal of refusals) expect(refusal).toContain('server_full');
  if (free < 20) expect(refusals.length).toBeGreaterThan(0);

  await eventually(
    async () => (await held()).join(),
    (objects) => objects === heldBefore.join(),
    'all to be freed',
  );
  peer.close();
  await live.goOn();
  expect(live.faults).toEqual([]);
  expect(server.errors).toEqual([]);
  expect(residentBytes(server.pid) - beforeBytes).toBeLessThan(300 * mebibyte);
}, 240_000);

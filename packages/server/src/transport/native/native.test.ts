import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeTransportContract } from '../contract.ts';
import { rtpPacket } from '../contract-packets.ts';
import { Session } from '../contract-session.ts';
import { createClientPeer } from '../datachannel/client-peer.ts';
import type { DtlsRole, Transport } from '../transport.ts';
import { UdpRelay } from '../udp-relay.ts';
import { createNativeTransport } from './native.ts';

describeTransportContract('native', {
  makeTransport: (options) => createNativeTransport({ bindAddress: '127.0.0.1', ...options }),
  makePeer: createClientPeer,
});

describe('native transport', () => {
  let transport: Transport;
  const errors: unknown[] = [];
  const closing: { close(): void }[] = [];

  async function open(senders = 1): Promise<void> {
    const onError = (error: unknown) => errors.push(error);
    transport = await createNativeTransport({ bindAddress: '127.0.0.1', port: 0, senders, onError });
  }

  async function connect(dtlsRole: DtlsRole = 'client', port = transport.port) {
    const session = new Session(transport);
    const peer = await createClientPeer({ dtlsRole });
    closing.push(peer);
    const { local } = session.connection;
    const candidates = local.candidates.map((candidate) => ({ ...candidate, address: '127.0.0.1', port }));
    session.connection.connect(peer.remote);
    peer.connect({ ...local, candidates });
    await Promise.all([session.reached('connected'), peer.connected]);
    return { session, peer };
  }

  beforeEach(() => {
    errors.length = 0;
  });

  afterEach(async () => {
    for (const each of closing.splice(0)) each.close();
    await transport.close();
    expect(errors).toEqual([]);
  });

  it('says goodbye to the other side at once', async () => {
    await open();
    const { session, peer } = await connect();
    session.connection.close();
    await peer.ended;
  });

  it('says goodbye to all when it is closed', async () => {
    await open();
    const pairs = await Promise.all(Array.from({ length: 10 }, () => connect()));
    await transport.close();
    await Promise.all(pairs.map(({ peer }) => peer.ended));
  });

  // The DTLS server chooses the profile, and they choose differently.
  it.each<DtlsRole>(['client', 'server'])('counts what is on the wire where the peer is DTLS %s', async (dtlsRole) => {
    await open();
    const relay = await UdpRelay.open(transport.port);
    closing.push(relay);
    const { session, peer } = await connect(dtlsRole, relay.port);
    const { promise, resolve } = Promise.withResolvers<void>();
    peer.onPacket = () => resolve();
    session.connection.send(rtpPacket(1, 1000));
    await promise;
    expect(session.connection.counters.bytesSent).toBe(relay.mediaBytesToClient);
  });

  it('keeps the order of each connection with several sending threads, and packets of many sizes', async () => {
    await open(3);
    const pairs = await Promise.all(Array.from({ length: 7 }, () => connect()));
    const sizes = [1200, 1200, 1200, 700, 1200, 100, 100, 1472, 12];
    const sent = Array.from({ length: 180 }, (_, index) => rtpPacket(index, sizes[index % sizes.length]));
    const arrived = pairs.map(({ peer }) => {
      const { promise, resolve } = Promise.withResolvers<Buffer[]>();
      const packets: Buffer[] = [];
      peer.onPacket = (packet) => {
        if (packets.push(packet) === sent.length) resolve(packets);
      };
      return promise;
    });
    for (const packet of sent) for (const { session } of pairs) session.connection.send(packet);
    const expected = Buffer.concat(sent);
    for (const packets of await Promise.all(arrived)) expect(Buffer.concat(packets).equals(expected)).toBe(true);
  });
});

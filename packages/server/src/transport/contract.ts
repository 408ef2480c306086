import { randomBytes, randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rtcpPacket, rtpPacket, strayStunRequest } from './contract-packets.ts';
import { Session } from './contract-session.ts';
import {
  type ConnectionState,
  type DtlsRole,
  type LocalTransport,
  type RemoteTransport,
  type Transport,
  TransportError,
} from './transport.ts';
import { UdpRelay } from './udp-relay.ts';

/** The remote end in these tests: like a browser it has a socket of its own and begins the ICE checks. */
export interface ContractPeer {
  readonly remote: RemoteTransport;
  readonly connected: Promise<void>;
  onPacket: (packet: Buffer) => void;
  connect(local: LocalTransport): void;
  send(packet: Buffer): boolean;
  close(): void;
}

export interface ContractOptions {
  /** Must listen on 127.0.0.1. */
  makeTransport(options: { port: number; onError: (error: unknown) => void }): Promise<Transport>;
  makePeer(options?: { dtlsRole?: DtlsRole }): Promise<ContractPeer>;
}

/** The tests that every implementation of `transport.ts` must pass. */
export function describeTransportContract(name: string, { makeTransport, makePeer }: ContractOptions): void {
  describe(`transport contract: ${name}`, () => {
    let transport: Transport;
    let peers: ContractPeer[];
    let errors: unknown[];

    beforeEach(async () => {
      errors = [];
      peers = [];
      transport = await makeTransport({ port: 0, onError: (error) => errors.push(error) });
    });

    afterEach(async () => {
      for (const peer of peers) peer.close();
      await transport.close();
    });

    async function newPeer(dtlsRole: DtlsRole = 'client'): Promise<ContractPeer> {
      const peer = await makePeer({ dtlsRole });
      peers.push(peer);
      return peer;
    }

    async function connectPair(dtlsRole: DtlsRole = 'client'): Promise<{ session: Session; peer: ContractPeer }> {
      const session = new Session(transport);
      const peer = await newPeer(dtlsRole);
      session.connection.connect(peer.remote);
      peer.connect(session.connection.local);
      await Promise.all([session.reached('connected'), peer.connected]);
      return { session, peer };
    }

    /** A pair with a relay between, which may lose and add datagrams from the start. */
    async function connectThrough(relay: UdpRelay): Promise<{ session: Session; peer: ContractPeer }> {
      const session = new Session(transport);
      const { local } = session.connection;
      const peer = await newPeer();
      session.connection.connect(peer.remote);
      peer.connect({ ...local, candidates: local.candidates.map((each) => ({ ...each, port: relay.port })) });
      await Promise.all([session.reached('connected'), peer.connected]);
      return { session, peer };
    }

    /** Shows that the pair works: what is sent now arrives, behind all that was sent before. */
    async function exchange(
      { session, peer }: { session: Session; peer: ContractPeer },
      sequence = 1000,
    ): Promise<void> {
      const expected = session.packets.length + 1;
      const arrived = nextPacket(peer);
      expect(peer.send(rtpPacket(sequence))).toBe(true);
      expect(session.connection.send(rtpPacket(sequence))).toBe(true);
      await Promise.all([session.received(expected), arrived]);
    }

    describe('connecting', () => {
      it.each<DtlsRole>(['client', 'server'])('connects a remote side that is the DTLS %s', async (dtlsRole) => {
        const pair = await connectPair(dtlsRole);
        expect(pair.session.states).toEqual(['connecting', 'connected']);
        expect(pair.session.connection.state).toBe('connected');
        expect(pair.session.connection.isReached).toBe(true);
        expect(pair.session.connection.remoteAddress).toMatch(/^127\.0\.0\.1:\d+$/);
        await exchange(pair);
      });

      it('knows its own parameters before the remote side says a word, and keeps them', async () => {
        const session = new Session(transport);
        const { local } = session.connection;
        expect(local.ice.ufrag).toMatch(/^[A-Za-z0-9+/]{4,256}$/);
        expect(local.ice.pwd).toMatch(/^[A-Za-z0-9+/]{22,256}$/);
        expect(local.fingerprint.algorithm).toBe('sha-256');
        expect(local.fingerprint.value).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
        expect(local.candidates[0]).toMatchObject({ address: '127.0.0.1', port: transport.port, protocol: 'udp' });
        const peer = await newPeer();
        session.connection.connect(peer.remote);
        peer.connect(local);
        await session.reached('connected');
        expect(session.connection.local).toBe(local);
      });

      it('as the offerer, connects a remote side whose checks arrive before its answer', async () => {
        const session = new Session(transport);
        const peer = await newPeer();
        peer.connect(session.connection.local);
        await nextTurn();
        session.connection.connect(peer.remote);
        await Promise.all([session.reached('connected'), peer.connected]);
        await exchange({ session, peer });
      });

      it('carries 50 connections, made at once, on one UDP port', async () => {
        const pairs = await Promise.all(Array.from({ length: 50 }, () => connectPair()));
        expect(transport.openConnections).toBe(50);
        expect(new Set(pairs.map(({ session }) => session.connection.local.ice.ufrag)).size).toBe(50);
        expect(new Set(pairs.map(({ session }) => session.connection.remoteAddress)).size).toBe(50);
        for (const { session } of pairs) expect(session.connection.local.candidates[0]?.port).toBe(transport.port);
        await Promise.all(pairs.map((pair) => exchange(pair)));
        for (const { session } of pairs) expect(session.packets).toHaveLength(1);
      });

      it('never connects a remote side with another certificate, and leaves the others alone', async () => {
        const good = await connectPair();
        const session = new Session(transport);
        const peer = await newPeer();
        const wrong = { algorithm: 'sha-256', value: Array(32).fill('AB').join(':') };
        session.connection.connect({ ...peer.remote, fingerprint: wrong });
        peer.connect(session.connection.local);
        await session.reached('failed');
        expect(session.states).toEqual(['connecting', 'failed']);
        expect(session.connection.send(rtpPacket(1))).toBe(false);
        expect(transport.openConnections).toBe(1);
        await exchange(good);
      });

      it.each<[string, Partial<RemoteTransport>]>([
        ['a fingerprint that is cut off', { fingerprint: { algorithm: 'sha-256', value: 'AB:CD' } }],
        ['an unknown hash', { fingerprint: { algorithm: 'sha-3', value: Array(32).fill('AB').join(':') } }],
        ['a short password', { ice: { ufrag: 'abcd', pwd: 'short' } }],
        ['an empty ufrag', { ice: { ufrag: '', pwd: 'p'.repeat(24) } }],
        ['a line break', { ice: { ufrag: 'abcd\r\na=x', pwd: 'p'.repeat(24) } }],
      ])('refuses %s', async (_case, changes) => {
        const session = new Session(transport);
        const { remote } = await newPeer();
        expect(() => session.connection.connect({ ...remote, ...changes })).toThrow(
          expect.objectContaining({ name: 'TransportError', code: 'bad_remote_parameters' }),
        );
        session.connection.close();
        expect(transport.openConnections).toBe(0);
      });

      it('connects only once', async () => {
        const { session, peer } = await connectPair();
        expect(() => session.connection.connect(peer.remote)).toThrow(TransportError);
        await exchange({ session, peer });
      });
    });

    describe('packets', () => {
      async function carriesBothWays(sent: readonly Buffer[]): Promise<void> {
        const { session, peer } = await connectPair();
        const atPeer = collect(peer, sent.length);
        for (const packet of sent) {
          expect(session.connection.send(packet)).toBe(true);
          expect(peer.send(packet)).toBe(true);
        }
        await session.received(sent.length);
        expect(session.packets).toEqual(sent);
        expect(await atPeer).toEqual(sent);
      }

      it('carries RTP and RTCP of every size in both directions, in order', async () => {
        await carriesBothWays([
          rtpPacket(1, 12),
          rtcpPacket(),
          rtpPacket(2, 1200),
          rtpPacket(3, 13),
          rtpPacket(4, 1200),
        ]);
      });

      it('keeps the order of a burst, whatever the SSRC', async () => {
        const { session, peer } = await connectPair();
        const sent = Array.from({ length: 100 }, (_, index) => rtpPacket(index, 300, 1 + (index % 5)));
        const atPeer = collect(peer, sent.length);
        for (const packet of sent) session.connection.send(packet);
        expect(await atPeer).toEqual(sent);
      });

      it('goes on where sequence numbers begin anew', async () => {
        // As a retransmission does, one of before comes after.
        const sequences = [...Array.from({ length: 40 }, (_, index) => 65_520 + index), 65_519];
        await carriesBothWays(sequences.map((sequence) => rtpPacket(sequence % 65_536)));
      });

      it('takes what comes twice once', async () => {
        const relay = await UdpRelay.open(transport.port);
        const { session, peer } = await connectThrough(relay);
        relay.adds = (datagram) => [datagram];
        const sent = [rtpPacket(1), rtcpPacket(), rtpPacket(2), rtpPacket(4), rtpPacket(3)];
        for (const packet of sent) peer.send(packet);
        await session.received(sent.length);
        await exchange({ session, peer });
        relay.close();
        expect(session.packets).toEqual([...sent, rtpPacket(1000)]);
      });

      it('has copied the packet when send returns', async () => {
        const { session, peer } = await connectPair();
        const atPeer = collect(peer, 20);
        const reused = Buffer.alloc(200);
        for (let sequence = 0; sequence < 20; sequence++) {
          rtpPacket(sequence).copy(reused);
          session.connection.send(reused);
          reused.fill(0xff);
        }
        expect(await atPeer).toEqual(Array.from({ length: 20 }, (_, sequence) => rtpPacket(sequence)));
      });

      it('gives every received packet a buffer of its own', async () => {
        const { session, peer } = await connectPair();
        session.onPacket = (packet) => packet.fill(0);
        peer.send(rtpPacket(1));
        await session.received(1);
        session.onPacket = () => {};
        peer.send(rtpPacket(2));
        await session.received(2);
        expect(session.packets[1]).toEqual(rtpPacket(2));
      });

      it('counts packets, and bytes as they are on the wire', async () => {
        const relay = await UdpRelay.open(transport.port);
        const { session, peer } = await connectThrough(relay);
        const arrived = collect(peer, 3);
        for (const packet of [rtpPacket(1, 1000), rtcpPacket(), rtpPacket(2, 12)]) session.connection.send(packet);
        for (const packet of [rtpPacket(1, 500), rtcpPacket()]) peer.send(packet);
        await Promise.all([arrived, session.received(2)]);
        relay.close();
        expect(session.connection.counters).toEqual({
          packetsSent: 3,
          bytesSent: relay.mediaBytesToClient,
          packetsReceived: 2,
          bytesReceived: relay.mediaBytesToServer,
          packetsDropped: 0,
        });
      });

      it('drops what cannot be sent, without throwing', async () => {
        const session = new Session(transport);
        expect(session.connection.send(rtpPacket(1))).toBe(false);
        const pair = await connectPair();
        expect(pair.session.connection.send(Buffer.alloc(0))).toBe(false);
        expect(pair.session.connection.send(Buffer.alloc(3))).toBe(false);
        expect(pair.session.connection.counters).toMatchObject({ packetsSent: 0, packetsDropped: 2 });
        await exchange(pair);
      });
    });

    describe('strangers', () => {
      it('is not disturbed by random datagrams at its port', async () => {
        const pair = await connectPair();
        const socket = createSocket('udp4');
        for (let round = 0; round < 100; round++) {
          const stun = strayStunRequest();
          for (const datagram of [randomBytes(1 + round * 12), stun.subarray(0, 1 + (round % stun.length)), stun]) {
            socket.send(datagram, transport.port, '127.0.0.1');
          }
          pair.peer.send(rtpPacket(round));
          await nextTurn();
        }
        await pair.session.received(100);
        expect(pair.session.packets).toEqual(Array.from({ length: 100 }, (_, round) => rtpPacket(round)));
        socket.close();
        await once(socket, 'close');
        await exchange(await connectPair());
      });
    });

    describe('damage', () => {
      /** The datagram with one byte changed, or cut off. */
      function damage(datagram: Buffer): Buffer {
        const damaged = Buffer.from(datagram);
        const at = randomInt(damaged.length);
        if (randomInt(4) === 0) return damaged.subarray(0, at);
        // Not its first byte, by which the kind is told: it stays STUN, DTLS or SRTP.
        damaged[Math.max(1, at)] = randomInt(256);
        return damaged;
      }

      it('is not disturbed by damaged checks and packets from where good ones come', async () => {
        const relay = await UdpRelay.open(transport.port);
        const isHandshake = (datagram: Buffer) => (datagram[0] ?? 0) >= 20 && (datagram[0] ?? 0) <= 63;
        relay.adds = (datagram) => (isHandshake(datagram) ? [] : Array.from({ length: 20 }, () => damage(datagram)));
        const { session, peer } = await connectThrough(relay);
        const sent = Array.from({ length: 50 }, (_, index) => (index % 10 === 9 ? rtcpPacket() : rtpPacket(index)));
        for (const packet of sent) peer.send(packet);
        await session.received(sent.length);
        expect(session.packets).toEqual(sent);
        await exchange({ session, peer });
        relay.close();
      });

      it('lets no damaged handshake end another connection', async () => {
        const good = await connectPair();
        const relays = await Promise.all(Array.from({ length: 20 }, () => UdpRelay.open(transport.port)));
        for (const relay of relays) {
          relay.adds = (datagram) => Array.from({ length: 5 }, () => damage(datagram));
          // It may well fail, or hang; it is closed with its peer.
          void connectThrough(relay).catch(() => {});
        }
        for (let round = 0; round < 50; round += 1) {
          await new Promise((resolve) => setTimeout(resolve, 10));
          await exchange(good, 1 + round);
        }
        for (const relay of relays) relay.close();
        await exchange(await connectPair());
      });
    });

    describe('closing', () => {
      it('reports closed before close returns, once, and nothing after it', async () => {
        const { session, peer } = await connectPair();
        const other = await connectPair();
        peer.send(rtpPacket(1));
        session.connection.close();
        expect(session.states).toEqual(['connecting', 'connected', 'closed']);
        const received = session.packets.length;
        session.connection.close();
        peer.send(rtpPacket(2));
        await exchange(other);
        expect(session.states).toHaveLength(3);
        expect(session.packets).toHaveLength(received);
        expect(session.connection.send(rtpPacket(3))).toBe(false);
        expect(transport.openConnections).toBe(1);
      });

      it('can be closed at any moment', async () => {
        const idle = new Session(transport);
        idle.connection.close();
        expect(() => idle.connection.connect({ ...idle.connection.local, dtlsRole: 'client' })).toThrow(TransportError);
        const connecting = new Session(transport);
        connecting.connection.connect((await newPeer()).remote);
        connecting.connection.close();
        expect(connecting.states).toEqual(['connecting', 'closed']);
        expect(transport.openConnections).toBe(0);
        await exchange(await connectPair());
      });

      it.each<ConnectionState>(['connecting', 'connected'])('can be closed by its own handler of %s', async (last) => {
        const states: ConnectionState[] = [];
        const over = Promise.withResolvers<void>();
        const connection = transport.createConnection({
          onPacket() {},
          onStateChange(state) {
            states.push(state);
            if (state === last) connection.close();
            if (state === 'closed') over.resolve();
          },
        });
        const peer = await newPeer();
        connection.connect(peer.remote);
        peer.connect(connection.local);
        await over.promise;
        await exchange(await connectPair());
        expect(states.slice(-2)).toEqual([last, 'closed']);
        expect(transport.openConnections).toBe(1);
      });

      it('ends a connection whose handler throws, and only that', async () => {
        const [failing, other] = await Promise.all([connectPair(), connectPair()]);
        const mistake = new Error('mistake in a handler');
        failing.session.onPacket = () => {
          throw mistake;
        };
        failing.peer.send(rtpPacket(1));
        await failing.session.reached('closed');
        expect(errors).toEqual([mistake]);
        expect(transport.openConnections).toBe(1);
        await exchange(other);
      });

      it('forgets 100 connections that came and went', async () => {
        for (let round = 0; round < 10; round++) {
          const pairs = await Promise.all(Array.from({ length: 10 }, () => connectPair()));
          for (const { session, peer } of pairs) {
            session.connection.close();
            peer.close();
          }
        }
        expect(transport.openConnections).toBe(0);
        await exchange(await connectPair());
      });

      it('closes all connections with the transport, and frees the port', async () => {
        const pairs = await Promise.all([connectPair(), connectPair()]);
        const { port } = transport;
        await Promise.all([transport.close(), transport.close()]);
        expect(transport.openConnections).toBe(0);
        for (const { session } of pairs) expect(session.states.at(-1)).toBe('closed');
        expect(() => new Session(transport)).toThrow(TransportError);
        transport = await makeTransport({ port, onError: () => {} });
        expect(transport.port).toBe(port);
        await exchange(await connectPair());
      });

      it('says which port is in use', async () => {
        const socket = createSocket('udp4').bind(0, '127.0.0.1');
        await once(socket, 'listening');
        const { port } = socket.address();
        await expect(makeTransport({ port, onError: () => {} })).rejects.toMatchObject({
          name: 'TransportError',
          code: 'port_in_use',
          message: expect.stringContaining(String(port)),
        });
        socket.close();
      });
    });
  });
}

function nextPacket(peer: ContractPeer): Promise<Buffer[]> {
  return collect(peer, 1);
}

/** Resolves with the next `count` packets that the peer receives. */
function collect(peer: ContractPeer, count: number): Promise<Buffer[]> {
  return new Promise((resolve) => {
    const packets: Buffer[] = [];
    peer.onPacket = (packet) => {
      packets.push(packet);
      if (packets.length === count) resolve(packets);
    };
  });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import { type Certificate, createCertificate } from '../certificate.ts';
import { createIceCredentials } from '../ice-credentials.ts';
import type { ConnectionCounters, ConnectionState, DtlsRole, LocalTransport, RemoteTransport } from '../transport.ts';
import { DatachannelConnection } from './connection.ts';
import { rtcConfig } from './datachannel.ts';

export interface ClientPeerOptions {
  /** The role this peer takes; browsers take `client` when they are asked to choose. Default `client`. */
  readonly dtlsRole?: DtlsRole;
  /** Default 127.0.0.1. */
  readonly bindAddress?: string;
  /**
   * Whether it controls ICE, as whoever offers does: not every server yields where both sides think they are controlled
   * (RFC 8445, section 7.3.1.1), as ours does. Default false.
   */
  readonly controlsIce?: boolean;
}

let sharedCertificate: Promise<Certificate> | undefined;

/** All peers of a process share one certificate, so that hundreds of them start quickly. */
export async function createClientPeer(options: ClientPeerOptions = {}): Promise<ClientPeer> {
  sharedCertificate ??= createCertificate();
  return new ClientPeer(await sharedCertificate, options);
}

/** The other end of a connection, as a browser is it: it has a socket of its own, and it begins the ICE checks. */
export class ClientPeer {
  /** What this peer's SDP would say; known at once. */
  readonly remote: RemoteTransport;
  /** Resolves when media can flow; rejects when the connection is over before. */
  readonly connected: Promise<void>;
  /** Resolves when the connection is over, ended by whichever side. */
  readonly ended: Promise<void>;
  onPacket: (packet: Buffer) => void = () => {};
  readonly #connection: DatachannelConnection;

  constructor(certificate: Certificate, options: ClientPeerOptions) {
    const { dtlsRole = 'client', bindAddress = '127.0.0.1', controlsIce = false } = options;
    const { fingerprint } = certificate;
    const ice = createIceCredentials();
    const connected = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    // A peer that nobody waits for may fail without an unhandled rejection.
    connected.promise.catch(() => {});
    this.remote = { ice, fingerprint, dtlsRole };
    this.connected = connected.promise;
    this.ended = ended.promise;
    this.#connection = new DatachannelConnection({
      local: { ice, fingerprint, candidates: [] },
      rtcConfig: rtcConfig(certificate, bindAddress),
      controlsIce,
      events: {
        onPacket: (packet) => this.onPacket(packet),
        onStateChange: (state) => {
          if (state === 'connected') connected.resolve();
        },
      },
      onError: (error) => connected.reject(error),
      onEnd: ({ state }) => {
        connected.reject(new Error(`The peer's connection is ${state}`));
        ended.resolve();
      },
    });
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  get counters(): Readonly<ConnectionCounters> {
    return this.#connection.counters;
  }

  connect(local: LocalTransport): void {
    const { ice, fingerprint, candidates } = local;
    const dtlsRole = this.remote.dtlsRole === 'client' ? 'server' : 'client';
    this.#connection.connect({ ice, fingerprint, dtlsRole }, candidates);
  }

  send(packet: Buffer): boolean {
    return this.#connection.send(packet);
  }

  close(): void {
    this.#connection.close();
  }
}

/**
 * The transport contract: ICE, DTLS and SRTP behind one UDP port, with plain RTP and RTCP above.
 * Everything above sees only this file. `contract.ts` beside it holds the tests that any implementation must pass.
 */

/** ICE credentials (RFC 8839, section 5.4). */
export interface IceCredentials {
  readonly ufrag: string;
  readonly pwd: string;
}

/** A certificate fingerprint (RFC 8122), for example `{ algorithm: 'sha-256', value: 'AB:CD:...' }`. */
export interface Fingerprint {
  readonly algorithm: string;
  readonly value: string;
}

/** `client` is `a=setup:active` (sends the ClientHello), `server` is `a=setup:passive` (RFC 8842). */
export type DtlsRole = 'client' | 'server';

/** One address where the media port can be reached; every session offers the same ones. */
export interface LocalCandidate {
  readonly address: string;
  readonly port: number;
  readonly protocol: 'udp' | 'tcp';
  /** `host` for a bound address, `srflx` never: a configured public address is announced as a host candidate. */
  readonly type: 'host';
  readonly priority: number;
  readonly foundation: string;
}

/** What the other side said of its transport, from its offer or its answer. */
export interface RemoteTransport {
  readonly ice: IceCredentials;
  readonly fingerprint: Fingerprint;
  /** The role the *remote* side takes. Where its SDP says `actpass` we ask it to be the client. */
  readonly dtlsRole: DtlsRole;
}

/** What our SDP says of the transport; known before the other side says a word, so an offer is ready at once. */
export interface LocalTransport {
  readonly ice: IceCredentials;
  readonly fingerprint: Fingerprint;
  readonly candidates: readonly LocalCandidate[];
}

/**
 * `new` until `connect`, `connecting` during ICE and DTLS, `connected` when media flows both ways,
 * `disconnected` while the consent checks (RFC 7675) miss, where the transport can tell (libdatachannel cannot). Two are
 * final, and each has released everything: `closed` by `close` or by the remote side's DTLS close_notify, `failed` where
 * the connection was never made or consent has run out. That takes 30 s, so whoever must know sooner that the other side
 * has vanished watches `counters.packetsReceived`.
 */
export type ConnectionState = 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

export interface ConnectionEvents {
  /**
   * One decrypted RTP or RTCP packet. The buffer belongs to the receiver.
   * An exception thrown here ends this connection, and nothing else.
   */
  onPacket(packet: Buffer): void;
  onStateChange(state: ConnectionState): void;
}

/** Bytes are UDP payload bytes of SRTP and SRTCP, authentication tags included; ICE and DTLS are not counted. */
export interface ConnectionCounters {
  bytesSent: number;
  bytesReceived: number;
  packetsSent: number;
  packetsReceived: number;
  /** Packets the transport refused (closed, or socket full). */
  packetsDropped: number;
}

export interface Connection {
  readonly local: LocalTransport;
  readonly state: ConnectionState;
  readonly counters: Readonly<ConnectionCounters>;
  /** Whether ICE checks of the remote side have come in: while not, its UDP may be blocked on the way. */
  readonly isReached: boolean;
  /** `host:port` of the selected remote candidate, once connected. */
  readonly remoteAddress: string | undefined;
  /**
   * Starts ICE and DTLS toward the remote side. Called once.
   * @throws TransportError when the remote parameters cannot be used
   */
  connect(remote: RemoteTransport): void;
  /**
   * Encrypts and sends one RTP or RTCP packet, told apart by the second byte (RFC 5761). The buffer is copied before
   * this returns, so the caller may rewrite it at once. Returns false where it was not sent; never throws.
   */
  send(packet: Buffer): boolean;
  /**
   * Idempotent. `onStateChange('closed')` is called before it returns, unless the connection had failed; and no event
   * comes after it. The remote side may learn of it only by its own consent checks: tell it by signaling.
   */
  close(): void;
}

export interface Transport {
  /** A connection in state `new` with credentials of its own. */
  createConnection(events: ConnectionEvents): Connection;
  readonly port: number;
  readonly openConnections: number;
  /** Packets that came in and were not handed on, since this process could not keep up with them. */
  readonly packetsDropped: number;
  /** Closes all connections and frees the port. Idempotent. */
  close(): Promise<void>;
}

/** The remote side's parameters are unusable, or the port cannot be had. `code` is stable. */
export class TransportError extends Error {
  readonly code: 'port_in_use' | 'cannot_bind' | 'bad_remote_parameters' | 'already_connected' | 'closed';

  constructor(code: TransportError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TransportError';
    this.code = code;
  }
}

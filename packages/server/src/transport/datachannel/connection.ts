import { PeerConnection, type RtcConfig, type Track } from 'node-datachannel';
import {
  type Connection,
  type ConnectionCounters,
  type ConnectionEvents,
  type ConnectionState,
  type LocalCandidate,
  type LocalTransport,
  type RemoteTransport,
  TransportError,
} from '../transport.ts';
import { createPipeTrack, PIPE_MID } from './pipe-track.ts';
import { writeCandidate, writeRemoteOffer } from './remote-offer.ts';

/**
 * What SRTP adds to an RTP packet: the tag of AEAD_AES_256_GCM (RFC 7714, section 13.2), which libdatachannel prefers
 * and browsers accept. A client that knows only AES_CM_128_HMAC_SHA1_80 gets a 10-byte tag; the library does not tell
 * which was agreed on, so such a client is counted 6 bytes a packet too high (0.5% of a full packet).
 */
const SRTP_OVERHEAD_BYTES = 16;
/** SRTCP carries the same tag, and its index of four bytes (RFC 7714, section 9.2). */
const SRTCP_OVERHEAD_BYTES = SRTP_OVERHEAD_BYTES + 4;

export interface DatachannelConnectionOptions {
  readonly local: LocalTransport;
  readonly rtcConfig: RtcConfig;
  readonly events: ConnectionEvents;
  /** Told of whatever the owner's handlers throw. */
  readonly onError: (error: unknown) => void;
  /** Called once, when the connection is over, after the owner's last event. */
  readonly onEnd: (connection: DatachannelConnection) => void;
}

/**
 * One ICE, DTLS and SRTP association, with libdatachannel's peer connection used as a pipe: it answers a synthetic offer
 * and carries packets on one track. Native callbacks arrive later, on the event loop, possibly after `close`; and an
 * exception that escapes from one ends the process. So each checks the state and none throws.
 */
export class DatachannelConnection implements Connection {
  readonly local: LocalTransport;
  readonly #options: DatachannelConnectionOptions;
  readonly #counters: ConnectionCounters = {
    bytesSent: 0,
    bytesReceived: 0,
    packetsSent: 0,
    packetsReceived: 0,
    packetsDropped: 0,
  };
  #state: ConnectionState = 'new';
  #peerConnection: PeerConnection | undefined;
  #track: Track | undefined;
  #remoteAddress: string | undefined;

  constructor(options: DatachannelConnectionOptions) {
    this.#options = options;
    this.local = options.local;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get counters(): Readonly<ConnectionCounters> {
    return this.#counters;
  }

  get remoteAddress(): string | undefined {
    return this.#remoteAddress;
  }

  /** `candidates` only where this side has to begin the checks, as a test peer does; see `writeRemoteOffer`. */
  connect(remote: RemoteTransport, candidates: readonly LocalCandidate[] = []): void {
    if (this.#isOver) throw new TransportError('closed', 'The connection is closed');
    if (this.#state !== 'new') throw new TransportError('already_connected', 'The connection was started before');
    const offer = writeRemoteOffer(remote);
    const peerConnection = new PeerConnection('', this.#options.rtcConfig);
    this.#peerConnection = peerConnection;
    peerConnection.onStateChange((state) => this.#handleNativeState(state));
    this.#track = this.#addTrack(peerConnection);
    this.#changeState('connecting');
    try {
      peerConnection.setRemoteDescription(offer, 'offer');
    } catch (cause) {
      this.#end('failed');
      throw new TransportError('bad_remote_parameters', 'The remote transport parameters were refused', { cause });
    }
    peerConnection.setLocalDescription('answer', { iceUfrag: this.local.ice.ufrag, icePwd: this.local.ice.pwd });
    for (const candidate of candidates) peerConnection.addRemoteCandidate(writeCandidate(candidate), PIPE_MID);
  }

  send(packet: Buffer): boolean {
    const counters = this.#counters;
    if (this.#state === 'connected' && this.#track !== undefined) {
      try {
        if (this.#track.sendMessageBinary(packet)) {
          counters.packetsSent++;
          counters.bytesSent += wireSize(packet);
          return true;
        }
      } catch {
        // Not a packet SRTP can protect, or the other side has just closed. Either way it was not sent.
      }
    }
    counters.packetsDropped++;
    return false;
  }

  close(): void {
    this.#end('closed');
  }

  get #isOver(): boolean {
    return this.#state === 'closed' || this.#state === 'failed';
  }

  #addTrack(peerConnection: PeerConnection): Track {
    const track = createPipeTrack(peerConnection);
    track.onOpen(() => this.#handleOpen());
    track.onMessage((packet) => this.#handlePacket(packet));
    return track;
  }

  /** SRTP keys exist from here on; the peer connection says `connected` a moment before, when nothing can be sent yet. */
  #handleOpen(): void {
    if (this.#state !== 'connecting') return;
    const pair = this.#peerConnection?.getSelectedCandidatePair();
    if (pair) this.#remoteAddress = formatAddress(pair.remote.address, pair.remote.port);
    this.#changeState('connected');
  }

  #handlePacket(packet: Buffer): void {
    // `onOpen` and `onMessage` have queues of their own, so the first packets may overtake the former.
    if (this.#state === 'connecting') this.#handleOpen();
    if (this.#state !== 'connected') return;
    this.#counters.packetsReceived++;
    this.#counters.bytesReceived += wireSize(packet);
    try {
      this.#options.events.onPacket(packet);
    } catch (error) {
      this.#options.onError(error);
      this.close();
    }
  }

  #handleNativeState(state: string): void {
    if (state === 'failed') this.#end('failed');
    // `disconnected` comes with the remote side's DTLS close_notify, and `closed` follows it at once.
    else if (state === 'disconnected' || state === 'closed') this.#end('closed');
  }

  #end(state: 'failed' | 'closed'): void {
    if (this.#isOver) return;
    const track = this.#track;
    const peerConnection = this.#peerConnection;
    this.#track = undefined;
    this.#peerConnection = undefined;
    track?.close();
    peerConnection?.close();
    this.#changeState(state);
    this.#options.onEnd(this);
  }

  #changeState(state: ConnectionState): void {
    this.#state = state;
    try {
      this.#options.events.onStateChange(state);
    } catch (error) {
      this.#options.onError(error);
      this.close();
    }
  }
}

/** Bytes of UDP payload. RTCP has 192 to 223 in its second byte (RFC 5761, section 4). */
function wireSize(packet: Buffer): number {
  const second = packet[1] ?? 0;
  return packet.length + (second >= 192 && second <= 223 ? SRTCP_OVERHEAD_BYTES : SRTP_OVERHEAD_BYTES);
}

function formatAddress(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

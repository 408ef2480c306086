import { PeerConnection, type RtcConfig, type Track } from 'node-datachannel';
import type { PacketIntake } from '../packet-intake.ts';
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
 * What SRTP adds to an RTP packet. The DTLS server picks the profile, and the library does not tell which, so this goes
 * by who that is. libdatachannel prefers AEAD_AES_256_GCM, which browsers offer, with a tag of 16 bytes (RFC 7714,
 * section 13.2). Chromium, and ffmpeg which knows no other, prefer AES_CM_128_HMAC_SHA1_80, with 10 (RFC 3711, section
 * 4.2). A client that offers only the latter is counted 6 bytes a packet too high: 0.5% of a full packet.
 */
const OWN_CHOICE_TAG_BYTES = 16;
const REMOTE_CHOICE_TAG_BYTES = 10;
/** SRTCP has its index in every packet, with either profile (RFC 3711, section 3.4; RFC 7714, section 9.2). */
const SRTCP_INDEX_BYTES = 4;

export interface DatachannelConnectionOptions {
  readonly local: LocalTransport;
  readonly rtcConfig: RtcConfig;
  readonly events: ConnectionEvents;
  /** For a peer whose SDP is the offer, and which therefore controls ICE (RFC 8445, section 6.1.1). Default false. */
  readonly controlsIce?: boolean;
  /** What comes in goes through it. Default: to the owner at once. */
  readonly intake?: PacketIntake;
  /** Told of whatever the owner's handlers throw. Must not throw itself. */
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
  #tagBytes = OWN_CHOICE_TAG_BYTES;

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

  /** Asked of the library only when somebody wants to know: it waits for its ICE thread, which is busy in a storm of joins. */
  get remoteAddress(): string | undefined {
    if (this.#state === 'connected') this.#remoteAddress ??= this.#readRemoteAddress();
    return this.#remoteAddress;
  }

  /** This side knows no candidates, so its ICE gets on by what the other side sends, and by nothing else. */
  get isReached(): boolean {
    const state = this.#peerConnection?.iceState();
    return state === 'connected' || state === 'completed';
  }

  /** `candidates` only where this side has to begin the checks, as a test peer does; see `writeRemoteOffer`. */
  connect(remote: RemoteTransport, candidates: readonly LocalCandidate[] = []): void {
    if (this.#isOver) throw new TransportError('closed', 'The connection is closed');
    if (this.#state !== 'new') throw new TransportError('already_connected', 'The connection was started before');
    const offer = writeRemoteOffer(remote, this.#options.controlsIce);
    if (remote.dtlsRole === 'server') this.#tagBytes = REMOTE_CHOICE_TAG_BYTES;
    const peerConnection = new PeerConnection('', this.#options.rtcConfig);
    this.#peerConnection = peerConnection;
    peerConnection.onStateChange((state) => this.#handleNativeState(state));
    this.#track = createPipeTrack(peerConnection);
    this.#track.onOpen(() => this.#handleOpen());
    const { intake } = this.#options;
    if (intake === undefined) this.#track.onMessage((packet) => this.receive(packet));
    else this.#track.onMessage((packet) => intake.take(this, packet));
    try {
      peerConnection.setRemoteDescription(offer, 'offer');
    } catch (cause) {
      this.#release();
      throw new TransportError('bad_remote_parameters', 'The remote transport parameters were refused', { cause });
    }
    peerConnection.setLocalDescription('answer', { iceUfrag: this.local.ice.ufrag, icePwd: this.local.ice.pwd });
    for (const candidate of candidates) peerConnection.addRemoteCandidate(writeCandidate(candidate), PIPE_MID);
    this.#changeState('connecting');
  }

  send(packet: Buffer): boolean {
    const counters = this.#counters;
    if (this.#state === 'connected' && this.#track !== undefined) {
      try {
        if (this.#track.sendMessageBinary(packet)) {
          counters.packetsSent++;
          counters.bytesSent += wireSize(packet, this.#tagBytes);
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

  /** SRTP keys exist from here on; the peer connection says `connected` a moment before, when nothing can be sent yet. */
  #handleOpen(): void {
    if (this.#state !== 'connecting') return;
    this.#changeState('connected');
  }

  #readRemoteAddress(): string | undefined {
    try {
      const remote = this.#peerConnection?.getSelectedCandidatePair()?.remote;
      return remote && formatAddress(remote.address, remote.port);
    } catch {
      return undefined;
    }
  }

  /** One packet of the library's. */
  receive(packet: Buffer): void {
    // `onOpen` and `onMessage` have queues of their own, so the first packets may overtake the former.
    if (this.#state === 'connecting') this.#handleOpen();
    if (this.#state !== 'connected') return;
    this.#counters.packetsReceived++;
    this.#counters.bytesReceived += wireSize(packet, this.#tagBytes);
    try {
      this.#options.events.onPacket(packet);
    } catch (error) {
      this.#options.onError(error);
      this.close();
    }
  }

  #handleNativeState(state: string): void {
    if (state === 'failed') this.#end('failed');
    // `disconnected` is the remote side's DTLS close_notify here; a consent check that misses shows only at the end.
    else if (state === 'disconnected' || state === 'closed') this.#end('closed');
  }

  #end(state: 'failed' | 'closed'): void {
    if (this.#isOver) return;
    this.#release();
    this.#changeState(state);
    this.#options.onEnd(this);
  }

  #release(): void {
    this.#track?.close();
    this.#peerConnection?.close();
    this.#track = undefined;
    this.#peerConnection = undefined;
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
function wireSize(packet: Buffer, tagBytes: number): number {
  const second = packet[1] ?? 0;
  return packet.length + tagBytes + (second >= 192 && second <= 223 ? SRTCP_INDEX_BYTES : 0);
}

function formatAddress(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

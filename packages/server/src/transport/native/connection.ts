import { isRtcp } from '../../rtp/packet.ts';
import type { PacketIntake, PacketReceiver } from '../packet-intake.ts';
import { checkFingerprint, checkIceCredentials } from '../remote-parameters.ts';
import {
  type Connection,
  type ConnectionCounters,
  type ConnectionEvents,
  type ConnectionState,
  type LocalTransport,
  type RemoteTransport,
  TransportError,
} from '../transport.ts';
import type { NativePort } from './addon.ts';
import { type BatchWriter, maxPacketBytes } from './batch-writer.ts';
import { eventType } from './events.ts';

/** SRTCP has its index in every packet (RFC 3711, section 3.4; RFC 7714, section 9.2). */
const srtcpIndexBytes = 4;
/** The headers of RTP and of RTCP. */
const minRtpBytes = 12;
const minRtcpBytes = 8;

export interface NativeConnectionOptions {
  readonly port: NativePort;
  readonly id: number;
  readonly writer: BatchWriter;
  readonly intake: PacketIntake;
  readonly local: LocalTransport;
  readonly events: ConnectionEvents;
  /** Told of whatever the owner's handlers throw. Must not throw itself. */
  readonly onError: (error: unknown) => void;
  /** Called once, when the connection is over, after the owner's last event. */
  readonly onEnd: (connection: NativeConnection) => void;
}

/** One ICE, DTLS and SRTP association of a native port. */
export class NativeConnection implements Connection, PacketReceiver {
  readonly id: number;
  readonly local: LocalTransport;
  readonly #options: NativeConnectionOptions;
  readonly #writer: BatchWriter;
  readonly #counters: ConnectionCounters = {
    bytesSent: 0,
    bytesReceived: 0,
    packetsSent: 0,
    packetsReceived: 0,
    packetsDropped: 0,
  };
  #state: ConnectionState = 'new';
  #isReached = false;
  #remoteAddress: string | undefined;
  /** What SRTP adds to a packet, by the profile that was negotiated. */
  #tagBytes = 0;

  constructor(options: NativeConnectionOptions) {
    this.#options = options;
    this.#writer = options.writer;
    this.id = options.id;
    this.local = options.local;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get counters(): Readonly<ConnectionCounters> {
    return this.#counters;
  }

  get isReached(): boolean {
    return this.#isReached;
  }

  get remoteAddress(): string | undefined {
    return this.#remoteAddress;
  }

  connect(remote: RemoteTransport): void {
    if (this.#isOver) throw new TransportError('closed', 'The connection is closed');
    if (this.#state !== 'new') throw new TransportError('already_connected', 'The connection was started before');
    checkIceCredentials(remote.ice);
    const { algorithm, value } = checkFingerprint(remote.fingerprint);
    const hash = Buffer.from(value.replaceAll(':', ''), 'hex');
    this.#options.port.connect(this.id, algorithm, hash, remote.dtlsRole === 'client');
    this.#changeState('connecting');
  }

  send(packet: Buffer): boolean {
    const counters = this.#counters;
    const { length } = packet;
    const isControl = isRtcp(packet);
    if (
      this.#state !== 'connected' ||
      length < (isControl ? minRtcpBytes : minRtpBytes) ||
      length > maxPacketBytes ||
      !this.#writer.write(this.id, packet)
    ) {
      counters.packetsDropped++;
      return false;
    }
    counters.packetsSent++;
    counters.bytesSent += length + this.#tagBytes + (isControl ? srtcpIndexBytes : 0);
    return true;
  }

  close(): void {
    this.#end('closed');
  }

  get #isOver(): boolean {
    return this.#state === 'closed' || this.#state === 'failed';
  }

  /** Something that the network thread tells of this connection. */
  handleEvent(type: number, data: Buffer): void {
    if (type === eventType.packet) this.#options.intake.take(this, data);
    if (type === eventType.reached) this.#isReached = true;
    if (type === eventType.connected) this.#handleOpen(data);
    if (type === eventType.closed) this.#end('closed');
    if (type === eventType.failed) this.#end('failed');
  }

  #handleOpen(data: Buffer): void {
    if (this.#state !== 'connecting') return;
    this.#tagBytes = data.readUInt8(0);
    this.#remoteAddress = data.toString('latin1', 1);
    this.#changeState('connected');
  }

  receive(packet: Buffer): void {
    if (this.#state !== 'connected') return;
    this.#counters.packetsReceived++;
    this.#counters.bytesReceived += packet.length + this.#tagBytes + (isRtcp(packet) ? srtcpIndexBytes : 0);
    try {
      this.#options.events.onPacket(packet);
    } catch (error) {
      this.#options.onError(error);
      this.close();
    }
  }

  #end(state: 'failed' | 'closed'): void {
    if (this.#isOver) return;
    // What has been sent before goes first.
    this.#writer.flush();
    this.#options.port.close(this.id);
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

import { PeerConnection, type Track, Video } from 'node-datachannel';
import { type Description, readDescription } from './description.ts';
import type { OfferedTransport } from './offer.ts';

const mid = '0';
const payloadType = 96;

/**
 * A WebRTC peer that carries RTP: real ICE, DTLS and SRTP, with descriptions of our own. libdatachannel is shown one
 * m-line, whatever was negotiated with the server, and hands over every packet that comes.
 */
export class Peer {
  readonly transport: OfferedTransport;
  /** Resolves when SRTP is up; rejects when the connection ends before. */
  readonly connected: Promise<void>;
  packetsReceived = 0;
  /** Payload types of the RTP packets that came. */
  readonly receivedTypes = new Set<number>();
  readonly #connection: PeerConnection;
  readonly #track: Track;
  #state = 'new';
  #isClosed = false;

  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {});
    this.connected = promise;
    this.#connection = new PeerConnection('', {
      iceServers: [],
      disableAutoNegotiation: true,
      forceMediaTransport: true,
    });
    // An exception that leaves a callback of this library ends the process: none of these can throw.
    this.#connection.onStateChange((state) => {
      this.#state = state;
      if (state === 'failed' || state === 'closed' || state === 'disconnected')
        reject(new Error(`connection ${state}`));
    });
    const media = new Video(mid, 'SendRecv');
    media.addVP8Codec(payloadType);
    this.#track = this.#connection.addTrack(media);
    this.#track.onClosed(() => {});
    this.#track.onOpen(() => resolve());
    this.#track.onMessage((packet) => this.#receive(packet));
    this.#connection.setLocalDescription('offer');
    this.transport = transportOf(this.#connection.localDescription()?.sdp ?? '');
  }

  get state(): string {
    return this.#state;
  }

  /** Takes the server's answer; the peer is DTLS client or server as that says. @throws where it has no transport */
  connect(answer: string): void {
    const description = readDescription(answer);
    const section = description?.sections.find(({ port }) => port !== 0);
    if (description === undefined || section === undefined) throw new Error('the answer accepts no m-line');
    this.#connection.setRemoteDescription(syntheticAnswer(description), 'answer');
    for (const candidate of candidatesOf(description)) {
      this.#connection.addRemoteCandidate(`candidate:${candidate}`, mid);
    }
  }

  send(packet: Buffer): void {
    if (!this.#isClosed && this.#track.isOpen()) this.#track.sendMessageBinary(packet);
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // A track has to be closed before its connection, which otherwise keeps it for ever.
    this.#track.close();
    this.#connection.close();
  }

  #receive(packet: Buffer): void {
    const second = packet[1] ?? 0;
    // 192 to 223 there is RTCP (RFC 5761, section 4).
    if (second >= 192 && second <= 223) return;
    this.packetsReceived += 1;
    this.receivedTypes.add(second & 0x7f);
  }
}

/** UDP candidates of the whole answer; a bundle has one transport. */
export function candidatesOf({ sections }: Description): string[] {
  const all = sections.flatMap((section) => section.attributes('candidate'));
  return [...new Set(all)].filter((candidate) => / udp /i.test(candidate));
}

function transportOf(sdp: string): OfferedTransport {
  const [section] = readDescription(sdp)?.sections ?? [];
  const ufrag = section?.attribute('ice-ufrag');
  const pwd = section?.attribute('ice-pwd');
  const fingerprint = section?.attribute('fingerprint');
  if (!ufrag || !pwd || !fingerprint) throw new Error('libdatachannel made no transport');
  return { ufrag, pwd, fingerprint };
}

function syntheticAnswer({ sections, iceLite }: Description): string {
  const section = sections.find(({ port }) => port !== 0);
  const value = (name: string) => section?.attribute(name) ?? '';
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    ...(iceLite ? ['a=ice-lite'] : []),
    `a=group:BUNDLE ${mid}`,
    `m=video 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    'a=sendrecv',
    'a=rtcp-mux',
    `a=rtpmap:${payloadType} VP8/90000`,
    `a=ice-ufrag:${value('ice-ufrag')}`,
    `a=ice-pwd:${value('ice-pwd')}`,
    `a=fingerprint:${value('fingerprint')}`,
    `a=setup:${value('setup')}`,
    '',
  ].join('\r\n');
}

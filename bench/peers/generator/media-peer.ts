import { PeerConnection, type RtcConfig, type Track } from 'node-datachannel';
import { localCandidates } from '../../../packages/server/src/transport/candidates.ts';
import { type Certificate, createCertificate } from '../../../packages/server/src/transport/certificate.ts';
import { rtcConfig } from '../../../packages/server/src/transport/datachannel/datachannel.ts';
import { createPipeTrack, PIPE_MID } from '../../../packages/server/src/transport/datachannel/pipe-track.ts';
import { writeCandidate, writeRemoteOffer } from '../../../packages/server/src/transport/datachannel/remote-offer.ts';
import { createIceCredentials } from '../../../packages/server/src/transport/ice-credentials.ts';
import type { RemoteTransport } from '../../../packages/server/src/transport/transport.ts';
import { address } from '../network.ts';
import type { ClientTransport, Negotiated, SdpRole } from './messages.ts';

const DATA_MID = 'data';

let sharedCertificate: Promise<Certificate> | undefined;

/** All peers of a process share one certificate, so that hundreds of them start quickly. */
export async function createMediaPeer(port: number, role: SdpRole): Promise<MediaPeer> {
  sharedCertificate ??= createCertificate();
  return new MediaPeer(await sharedCertificate, port, role);
}

/**
 * A client of whichever server: ICE, DTLS and SRTP by libdatachannel, all RTP and RTCP on one track, the SDP written
 * elsewhere. It is always the DTLS client; and unlike the test peer of the unit tests it controls ICE where it offers,
 * since not every server settles a conflict of roles.
 */
export class MediaPeer {
  readonly remote: ClientTransport;
  /** Resolves when media can flow. */
  readonly connected: Promise<void>;
  onPacket: (packet: Buffer) => void = () => {};
  readonly #role: SdpRole;
  readonly #config: RtcConfig;
  readonly #open = Promise.withResolvers<void>();
  #connection: PeerConnection | undefined;
  #track: Track | undefined;
  #isOpen = false;

  constructor(certificate: Certificate, port: number, role: SdpRole) {
    this.#role = role;
    this.#config = { ...rtcConfig(certificate, address), portRangeBegin: port, portRangeEnd: port };
    this.remote = {
      ice: createIceCredentials(),
      fingerprint: certificate.fingerprint,
      dtlsRole: 'client',
      // Known before the socket is there, so that they stand in the SDP as a browser's do.
      candidates: localCandidates({ bindAddress: address, port }),
    };
    this.connected = this.#open.promise;
    this.connected.catch(() => {});
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  connect({ local, dataChannels }: Negotiated): void {
    const connection = new PeerConnection('', this.#config);
    this.#connection = connection;
    connection.onStateChange((state) => this.#handleState(state));
    connection.onDataChannel(() => {});
    const track = createPipeTrack(connection);
    this.#track = track;
    track.onOpen(() => this.#handleOpen());
    track.onMessage((packet) => this.onPacket(packet));
    const description = remoteDescription(
      { ice: local.ice, fingerprint: local.fingerprint, dtlsRole: 'server' },
      dataChannels,
    );
    const credentials = { iceUfrag: this.remote.ice.ufrag, icePwd: this.remote.ice.pwd };
    if (this.#role === 'offerer') {
      connection.setLocalDescription('offer', credentials);
      connection.setRemoteDescription(description, 'answer');
    } else {
      connection.setRemoteDescription(description, 'offer');
      connection.setLocalDescription('answer', credentials);
    }
    for (const candidate of local.candidates) connection.addRemoteCandidate(writeCandidate(candidate), PIPE_MID);
  }

  send(packet: Buffer): boolean {
    return this.#isOpen && this.#track?.sendMessageBinary(packet) === true;
  }

  close(): void {
    this.#isOpen = false;
    this.#track?.close();
    this.#connection?.close();
    this.#track = undefined;
    this.#connection = undefined;
  }

  #handleOpen(): void {
    this.#isOpen = true;
    this.#open.resolve();
  }

  #handleState(state: string): void {
    if (state !== 'failed' && state !== 'disconnected' && state !== 'closed') return;
    this.#isOpen = false;
    this.#open.reject(new Error(`The peer's connection is ${state}`));
  }
}

/** What stands in for the server's description: one media section, and one for data channels where it has that. */
function remoteDescription(remote: RemoteTransport, dataChannels: boolean): string {
  const media = writeRemoteOffer(remote);
  if (!dataChannels) return media;
  const transportLines = media.split('\r\n').filter((line) => /^a=(ice-ufrag|ice-pwd|fingerprint|setup):/.test(line));
  const section = [
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    `a=mid:${DATA_MID}`,
    ...transportLines,
    'a=sctp-port:5000',
    'a=max-message-size:262144',
    '',
  ].join('\r\n');
  return media.replace(`a=group:BUNDLE ${PIPE_MID}`, `a=group:BUNDLE ${PIPE_MID} ${DATA_MID}`) + section;
}

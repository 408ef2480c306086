import type { RtcConfig } from 'node-datachannel';
import { localCandidates } from '../candidates.ts';
import { type Certificate, createCertificate } from '../certificate.ts';
import { createIceCredentials } from '../ice-credentials.ts';
import { PacketIntake } from '../packet-intake.ts';
import { type Connection, type ConnectionEvents, type Transport, TransportError } from '../transport.ts';
import type { TransportOptions } from '../transport-options.ts';
import { DatachannelConnection } from './connection.ts';
import { findFreePort, MediaPort } from './media-port.ts';

/**
 * A transport over libdatachannel (ICE by libjuice, DTLS by OpenSSL, SRTP by libsrtp), with one certificate and one UDP
 * port for all connections.
 *
 * @throws TransportError `port_in_use` or `cannot_bind`
 */
export async function createDatachannelTransport(options: TransportOptions): Promise<Transport> {
  const { bindAddress } = options;
  const [certificate, port] = await Promise.all([createCertificate(), findFreePort(bindAddress, options.port)]);
  return new DatachannelTransport(options, certificate, port);
}

/** What every peer connection is made with; the port is the caller's matter. */
export function rtcConfig(certificate: Certificate, bindAddress: string): RtcConfig {
  return {
    iceServers: [],
    bindAddress,
    disableAutoNegotiation: true,
    forceMediaTransport: true,
    // Both options take PEM text as well as file names.
    certificatePemFile: certificate.certificatePem,
    keyPemFile: certificate.privateKeyPem,
  };
}

class DatachannelTransport implements Transport {
  readonly port: number;
  readonly #connections = new Set<DatachannelConnection>();
  readonly #options: TransportOptions;
  readonly #certificate: Certificate;
  readonly #mediaPort: MediaPort;
  readonly #rtcConfig: RtcConfig;
  readonly #intake = new PacketIntake();
  #closing: Promise<void> | undefined;

  constructor(options: TransportOptions, certificate: Certificate, port: number) {
    this.port = port;
    this.#options = options;
    this.#certificate = certificate;
    this.#rtcConfig = {
      ...rtcConfig(certificate, options.bindAddress),
      enableIceUdpMux: true,
      portRangeBegin: port,
      portRangeEnd: port,
    };
    this.#mediaPort = new MediaPort(options.bindAddress, port, this.#rtcConfig);
  }

  get openConnections(): number {
    return this.#connections.size;
  }

  get packetsDropped(): number {
    return this.#intake.packetsDropped;
  }

  createConnection(events: ConnectionEvents): Connection {
    if (this.#closing !== undefined) throw new TransportError('closed', 'The transport is closed');
    const { bindAddress, announcedAddresses, onError } = this.#options;
    const connection = new DatachannelConnection({
      local: {
        ice: createIceCredentials(),
        fingerprint: this.#certificate.fingerprint,
        candidates: localCandidates({ bindAddress, announcedAddresses, port: this.port }),
      },
      rtcConfig: this.#rtcConfig,
      intake: this.#intake,
      events,
      onError,
      onEnd: (ended) => this.#connections.delete(ended),
    });
    this.#connections.add(connection);
    return connection;
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    for (const connection of this.#connections) connection.close();
    await this.#mediaPort.close();
  }
}

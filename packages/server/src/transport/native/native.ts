import { availableParallelism } from 'node:os';
import { localCandidates } from '../candidates.ts';
import { type Certificate, createCertificate } from '../certificate.ts';
import { createIceCredentials } from '../ice-credentials.ts';
import { PacketIntake } from '../packet-intake.ts';
import { type Connection, type ConnectionEvents, type Transport, TransportError } from '../transport.ts';
import type { TransportOptions } from '../transport-options.ts';
import { type Addon, loadAddon, type NativePort } from './addon.ts';
import { BatchWriter } from './batch-writer.ts';
import { NativeConnection } from './connection.ts';
import { readEvents } from './events.ts';

/** One is enough for some gigabits a second; the other cores have their own work. */
const maxSenders = 4;

export interface NativeTransportOptions extends TransportOptions {
  /** Threads that encrypt and send. Default: one for every two cores, at most 4. */
  readonly senders?: number;
}

/**
 * The transport of our own, in C++ (packages/server/native): one UDP socket; ICE as an agent that only answers, DTLS by the
 * OpenSSL in Node, SRTP; and what is sent leaves by threads of its own, which encrypt in one go all that goes to a viewer in
 * one turn of the event loop, and hand it to the kernel as one message (UDP_SEGMENT).
 *
 * @throws Error where it has not been compiled for this machine
 * @throws TransportError `port_in_use` or `cannot_bind`
 */
export async function createNativeTransport(options: NativeTransportOptions): Promise<Transport> {
  const addon = loadAddon();
  return new NativeTransport(options, await createCertificate(), addon);
}

class NativeTransport implements Transport {
  readonly port: number;
  readonly #options: NativeTransportOptions;
  readonly #certificate: Certificate;
  readonly #port: NativePort;
  readonly #writer: BatchWriter;
  readonly #intake = new PacketIntake();
  readonly #connections = new Map<number, NativeConnection>();
  #packetsDropped = 0;
  #isClosed = false;

  constructor(options: NativeTransportOptions, certificate: Certificate, addon: Addon) {
    this.#options = options;
    this.#certificate = certificate;
    this.#port = this.#open(addon);
    this.port = this.#port.number;
    this.#writer = new BatchWriter(this.#port);
  }

  #open({ Port }: Addon): NativePort {
    const { bindAddress, port, senders = defaultSenders() } = this.#options;
    const { certificatePem, privateKeyPem } = this.#certificate;
    const options = { address: bindAddress, port, certificatePem, privateKeyPem, senders };
    try {
      return new Port(options, (events) => this.#handle(events));
    } catch (cause) {
      const { code, message } = Object(cause);
      if (code === 'EADDRINUSE')
        throw new TransportError('port_in_use', `UDP port ${port} on ${bindAddress} is in use`, { cause });
      throw new TransportError('cannot_bind', `UDP port ${port} on ${bindAddress}: ${message}`, { cause });
    }
  }

  get openConnections(): number {
    return this.#connections.size;
  }

  get packetsDropped(): number {
    if (!this.#isClosed) this.#packetsDropped = this.#port.packetsDropped;
    return this.#packetsDropped + this.#intake.packetsDropped;
  }

  createConnection(events: ConnectionEvents): Connection {
    if (this.#isClosed) throw new TransportError('closed', 'The transport is closed');
    const { bindAddress, announcedAddresses, onError } = this.#options;
    const ice = createIceCredentials();
    const connection = new NativeConnection({
      port: this.#port,
      id: this.#port.create(ice.ufrag, ice.pwd),
      writer: this.#writer,
      intake: this.#intake,
      local: {
        ice,
        fingerprint: this.#certificate.fingerprint,
        candidates: localCandidates({ bindAddress, announcedAddresses, port: this.port }),
      },
      events,
      onError,
      onEnd: ({ id }) => this.#connections.delete(id),
    });
    this.#connections.set(connection.id, connection);
    return connection;
  }

  /** Called by native code: nothing may be thrown. */
  #handle(events: Buffer): void {
    try {
      readEvents(events, (id, type, data) => this.#connections.get(id)?.handleEvent(type, data));
    } catch (error) {
      this.#options.onError(error);
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    for (const connection of [...this.#connections.values()]) connection.close();
    this.#packetsDropped = this.#port.packetsDropped;
    this.#isClosed = true;
    this.#writer.close();
    this.#port.stop();
  }
}

function defaultSenders(): number {
  return Math.max(1, Math.min(maxSenders, Math.floor(availableParallelism() / 2)));
}

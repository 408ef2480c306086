import type {
  Connection,
  ConnectionEvents,
  ConnectionState,
  RemoteTransport,
  Transport,
} from '../transport/transport.ts';

/** A connection without a network: the test says what happens to it. */
export class MemoryConnection implements Connection {
  readonly local;
  readonly counters = { bytesSent: 0, bytesReceived: 0, packetsSent: 0, packetsReceived: 0, packetsDropped: 0 };
  readonly remoteAddress = undefined;
  isReached = false;
  state: ConnectionState = 'new';
  remote: RemoteTransport | undefined;
  readonly #events: ConnectionEvents;
  readonly #onClosed: () => void;

  constructor(number: number, events: ConnectionEvents, onClosed: () => void) {
    this.#events = events;
    this.#onClosed = onClosed;
    this.local = {
      ice: { ufrag: `ufrag${number}`, pwd: 'a-password-of-24-letters' },
      fingerprint: { algorithm: 'sha-256', value: Array(32).fill('AB').join(':') },
      candidates: [
        { address: '127.0.0.1', port: 9, protocol: 'udp', type: 'host', priority: 1, foundation: '1' },
      ] as const,
    };
  }

  connect(remote: RemoteTransport): void {
    this.remote = remote;
    this.become('connecting');
  }

  become(state: ConnectionState): void {
    this.state = state;
    this.#events.onStateChange(state);
  }

  receive(packet: Buffer): void {
    this.counters.bytesReceived += packet.length;
    this.#events.onPacket(packet);
  }

  send(packet: Buffer): boolean {
    this.counters.bytesSent += packet.length;
    return true;
  }

  close(): void {
    if (this.state === 'closed') return;
    this.become('closed');
    this.#onClosed();
  }
}

/** A transport for tests of what stands above it. */
export class MemoryTransport implements Transport {
  readonly packetsDropped = 0;
  readonly port = 9;
  /** All that were made, in order. */
  readonly connections: MemoryConnection[] = [];
  openConnections = 0;

  createConnection(events: ConnectionEvents): MemoryConnection {
    this.openConnections += 1;
    const connection = new MemoryConnection(this.connections.length, events, () => {
      this.openConnections -= 1;
    });
    this.connections.push(connection);
    return connection;
  }

  /** The latest one. */
  get connection(): MemoryConnection {
    const connection = this.connections.at(-1);
    if (!connection) throw new Error('no connection was made');
    return connection;
  }

  async close(): Promise<void> {
    for (const connection of this.connections) connection.close();
  }
}

import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { PeerConnection, type RtcConfig, type Track } from 'node-datachannel';
import { TransportError } from '../transport.ts';
import { createPipeTrack } from './pipe-track.ts';

const RELEASE_POLL_MS = 5;
const RELEASE_TIMEOUT_MS = 10_000;

/** Resolves to the port when it can be bound; 0 asks for any free one. */
export async function findFreePort(address: string, port: number): Promise<number> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  return await new Promise((resolve, reject) => {
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      socket.close();
      reject(
        cause.code === 'EADDRINUSE'
          ? new TransportError('port_in_use', `UDP port ${port} on ${address} is in use`, { cause })
          : new TransportError('cannot_bind', `UDP port ${port} on ${address}: ${cause.message}`, { cause }),
      );
    });
    socket.bind({ address, port, exclusive: true }, () => {
      const free = socket.address().port;
      socket.close(() => resolve(free));
    });
  });
}

/**
 * Keeps the shared UDP port open for the transport's life. libdatachannel opens it with the first connection and closes
 * it with the last, so this is a connection that waits for an answer which never comes.
 *
 * Its `IceUdpMuxListener` is meant for this, but `stop` reads a flag that was never set: now and then it leaves the port
 * open, with a callback into freed memory that the next stray STUN request runs into.
 */
export class MediaPort {
  readonly #address: string;
  readonly #port: number;
  readonly #peerConnection: PeerConnection;
  readonly #track: Track;

  /** The port must be free (`findFreePort`): libdatachannel ends the process when it cannot bind. */
  constructor(address: string, port: number, config: RtcConfig) {
    this.#address = address;
    this.#port = port;
    this.#peerConnection = new PeerConnection('', config);
    // Without a handler the native wrapper is never released.
    this.#peerConnection.onStateChange(() => {});
    this.#track = createPipeTrack(this.#peerConnection);
    this.#peerConnection.setLocalDescription('offer');
  }

  /** Resolves when the port is free: the native side closes the last connections on a thread of its own. */
  async close(): Promise<void> {
    this.#track.close();
    this.#peerConnection.close();
    const deadlineMs = performance.now() + RELEASE_TIMEOUT_MS;
    for (;;) {
      try {
        await findFreePort(this.#address, this.#port);
        return;
      } catch (error) {
        if (performance.now() > deadlineMs) throw error;
      }
      await delay(RELEASE_POLL_MS);
    }
  }
}

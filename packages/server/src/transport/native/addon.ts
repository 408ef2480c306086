import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

/** Where the native transport is once it has been compiled (`make native`). */
export const addonFile = join(
  resolve(import.meta.dirname, '../../../native/build'),
  `${process.platform}-${process.arch}`,
  'media.node',
);

export interface PortOptions {
  readonly address: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** Threads that encrypt and send; at least 1. */
  readonly senders: number;
}

/**
 * One UDP port with all its connections, each of which has a number (32 bits). All calls return at once: the work is done on
 * threads of its own.
 */
export interface NativePort {
  readonly number: number;
  /** Packets that came in and that nobody took. */
  readonly packetsDropped: number;
  /** A connection that answers ICE checks for this ufrag from now on. @throws Error when there are too many (131,072) */
  create(ufrag: string, password: string): number;
  /** Lets DTLS begin. @param hash of the other side's certificate, by the algorithm: `sha-256` and so on */
  connect(connection: number, algorithm: string, hash: Buffer, remoteIsClient: boolean): void;
  /** Called once for each: its number is another's later. */
  close(connection: number): void;
  /** The number of a batch that can be written to; negative while all are on their way. */
  nextBatch(): number;
  /** Its memory, which is the same each time. */
  batch(index: number): Buffer;
  /** Sends what stands in the first `length` bytes; see `batch-writer.ts`. @returns what `nextBatch` would */
  send(index: number, length: number): number;
  /** Says goodbye to everybody and frees the port. After it all else throws. */
  stop(): void;
}

export interface Addon {
  readonly Port: {
    /**
     * @param onEvents given what has happened; see `events.ts`. An exception in it ends the process.
     * @throws Error with the code `EADDRINUSE` or `EBIND`
     */
    new (options: PortOptions, onEvents: (events: Buffer) => void): NativePort;
  };
}

/** @throws Error where it has not been compiled, or for another machine */
export function loadAddon(): Addon {
  return createRequire(import.meta.url)(addonFile);
}

/** Whether it has been compiled, for a machine like this one. */
export function hasAddon(): boolean {
  try {
    loadAddon();
    return true;
  } catch {
    return false;
  }
}

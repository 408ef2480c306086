import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer, Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { refuseMalformed } from './api/malformed-request.ts';
import type { ServerCertificate } from './certificate-files.ts';
import type { SignalingServer } from './signaling/signaling-server.ts';

/** The ports in use; undefined where an alias is switched off. */
export interface ServerPorts {
  readonly http: number;
  readonly httpAlias: number | undefined;
  readonly signalingAlias: number | undefined;
  /** UDP. */
  readonly media: number;
}

/**
 * Connections that the kernel keeps until they are accepted, as far as it allows (`net.core.somaxconn`). With Node's 511 a
 * thousand viewers who come at once overflow it, and those dropped try again only 1, 3 and 7 s later.
 */
const backlog = 4096;

/**
 * How long a client may take over what it sends, so that half a request holds no place: a body is an SDP or some JSON, and
 * fits into a second of a slow line. Node's own defaults are 60 s, 300 s, and a look each 30 s. What answers last long
 * for, as streams of events do, is not bounded by them.
 */
const patience = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 1000,
} as const;
/** Of TLS; Node's own is 120 s. */
const handshakeTimeout = 10_000;

/** A listener could not be had at start. The message names the setting, and what to do. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}

/** The error of a port that is taken or cannot be bound, for whichever protocol. */
export function portError(setting: string, host: string, port: number, cause: unknown): StartError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const taken = code === 'EADDRINUSE' || code === 'port_in_use';
  const reason = taken ? 'is taken by another program' : `cannot be listened on (${code ?? cause})`;
  return new StartError(
    `${setting}: port ${port} on ${host} ${reason}. Stop that program, or set ${setting} to another port.`,
    {
      cause,
    },
  );
}

/** Several ports that serve the same HTTP and the same WebSocket. */
export class Listeners {
  readonly #servers: Server[] = [];
  readonly #handle: RequestListener;
  readonly #signaling: SignalingServer;
  #certificate: ServerCertificate | undefined;

  /** With a certificate they speak TLS, and nothing else. */
  constructor(handle: RequestListener, signaling: SignalingServer, certificate?: ServerCertificate) {
    this.#certificate = certificate;
    this.#handle = handle;
    this.#signaling = signaling;
  }

  /** @returns the port, which differs from the asked one where that is 0. @throws StartError */
  async listen(setting: string, host: string, port: number): Promise<number> {
    const server = this.#certificate
      ? createSecureServer({ ...patience, ...this.#certificate, handshakeTimeout }, this.#handle)
      : createServer(patience, this.#handle);
    server.on('clientError', refuseMalformed);
    server.on('upgrade', (request, connection, head) => this.#signaling.handleUpgrade(request, connection, head));
    const listening = Promise.withResolvers<void>();
    server.once('listening', listening.resolve).once('error', listening.reject).listen(port, host, backlog);
    await listening.promise.catch((cause: unknown) => {
      throw portError(setting, host, port, cause);
    });
    this.#servers.push(server);
    const address: AddressInfo | string | null = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  /** New connections get this one; those that are open keep theirs. */
  renew(certificate: ServerCertificate): void {
    this.#certificate = certificate;
    for (const server of this.#servers) if (server instanceof SecureServer) server.setSecureContext(certificate);
  }

  /** Every port that was asked for is open. */
  get isListening(): boolean {
    return this.#servers.length > 0 && this.#servers.every(({ listening }) => listening);
  }

  /** Takes no new requests, and ends those that are under way. Idempotent. */
  async close(): Promise<void> {
    await Promise.all(
      this.#servers.splice(0).map((server) => {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        return closed;
      }),
    );
  }
}

import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { roomIdSchema } from '@bitbasel/protocol';
import { WebSocketServer } from 'ws';
import type { Access } from '../auth/access.ts';
import { AppError } from '../errors.ts';
import { addressKey, clientAddress } from '../rate-limits/client-address.ts';
import { protocolName, shownAtHandshake } from './handshake.ts';
import type { SignalingContext } from './signaling-context.ts';
import { SignalingSocket } from './signaling-socket.ts';

/** An offer of 64 KiB, whose line ends JSON doubles, fits. */
const maxMessageBytes = 128 * 1024;
/** Short enough that the proxies on the way do not take the socket for idle. */
const heartbeatMs = 15_000;
const closeTimeoutMs = 1000;

export interface SignalingOptions extends SignalingContext {
  /** Default 15 s. */
  readonly heartbeatMs?: number;
}

/** WebSocket signaling on `/signal/{room_id}`, for any number of HTTP servers. */
export class SignalingServer {
  readonly #context: SignalingContext;
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    clientTracking: false,
    // Never the one that holds the token.
    handleProtocols: (protocols) => protocols.has(protocolName) && protocolName,
  });
  readonly #sockets = new Set<SignalingSocket>();
  readonly #heartbeat: NodeJS.Timeout;
  #onEmpty: (() => void) | undefined;

  constructor(options: SignalingOptions) {
    this.#context = options;
    this.#heartbeat = setInterval(() => {
      for (const socket of this.#sockets) socket.beat();
    }, options.heartbeatMs ?? heartbeatMs).unref();
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  /** For the `upgrade` event of an HTTP server. */
  handleUpgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    // The other side may be gone already.
    connection.on('error', () => {});
    this.#accept(request, connection, head).catch((error: unknown) => {
      refuse(connection, error instanceof AppError ? error : new AppError('bad_request', 'The upgrade is malformed.'));
    });
  }

  /** @throws AppError where the handshake is refused; a token that is not good is told of by a message after it */
  async #accept(request: IncomingMessage, connection: Duplex, head: Buffer): Promise<void> {
    const roomId = roomOf(request.url ?? '');
    const address = addressKey(clientAddress(request, this.#context.config.server.trust_proxy));
    await this.#context.rateLimits.consume('connects', [address]);
    // Browsers do not show why a handshake was refused, so who may not come in is told through the open socket.
    const admission = await this.#admit(request, roomId).catch((error: unknown) => error);
    this.#requirePlace();
    if (connection.destroyed) return;
    this.#webSockets.handleUpgrade(request, connection, head, (webSocket) => {
      const socket = new SignalingSocket(webSocket, { roomId, address, admission }, this.#context, () => {
        this.#sockets.delete(socket);
        if (this.#sockets.size === 0) this.#onEmpty?.();
      });
      this.#sockets.add(socket);
    });
  }

  async #admit(request: IncomingMessage, roomId: string): Promise<Access> {
    const access = await this.#context.gatekeeper.accessOf(shownAtHandshake(request));
    access.require(['publish', 'watch'], roomId);
    if (access.identity !== null) await this.#context.rateLimits.consume('connects', [`user ${access.identity}`]);
    return access;
  }

  #requirePlace(): void {
    if (this.#onEmpty) throw new AppError('shutting_down', 'The server is shutting down.');
    this.#context.rooms.requireOpen();
    const limit = this.#context.config.server.max_connections;
    if (this.#sockets.size >= limit) throw new AppError('server_full', `The server takes at most ${limit} WebSockets.`);
  }

  /** Those that are open. */
  get sockets(): readonly SignalingSocket[] {
    return [...this.#sockets];
  }

  /** Takes no more sockets, and closes those that are open; one that does not answer in time is cut off. Idempotent. */
  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    if (this.#sockets.size === 0) return;
    // 1001: going away (RFC 6455, section 7.4.1).
    for (const socket of this.#sockets) socket.close(1001);
    const cutOff = setTimeout(() => {
      for (const socket of this.#sockets) socket.terminate();
    }, closeTimeoutMs);
    await empty;
    clearTimeout(cutOff);
  }
}

/** @throws AppError not_found for every path but `/signal/{room_id}` */
export function roomOf(url: string): string {
  const [, encoded] = /^\/signal\/([^/?#]+)\/?(?:\?.*)?$/.exec(url) ?? [];
  const roomId = roomIdSchema.safeParse(decode(encoded ?? ''));
  if (roomId.success) return roomId.data;
  throw new AppError('not_found', 'WebSockets are for /signal/{room_id}.');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

function refuse(connection: Duplex, error: AppError): void {
  const body = JSON.stringify(error.toProblem());
  const retryAfter = error.retryAfterSeconds === undefined ? '' : `Retry-After: ${error.retryAfterSeconds}\r\n`;
  connection.end(
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\nConnection: close\r\n${retryAfter}` +
      `Content-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

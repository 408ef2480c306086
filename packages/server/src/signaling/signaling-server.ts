import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { roomIdSchema } from '@bitbasel/protocol';
import { WebSocketServer } from 'ws';
import { AppError } from '../errors.ts';
import type { SignalingContext } from './signaling-context.ts';
import { SignalingSocket } from './signaling-socket.ts';
import { TurnQueue } from './turn-queue.ts';

/** An offer of 64 KiB, whose line ends JSON doubles, fits. */
const maxMessageBytes = 128 * 1024;
/** Short enough that the proxies on the way do not take the socket for idle. */
const heartbeatMs = 15_000;
const closeTimeoutMs = 1000;

export interface SignalingOptions extends Omit<SignalingContext, 'turns'> {
  /** Default 15 s. */
  readonly heartbeatMs?: number;
}

/** WebSocket signaling on `/signal/{room_id}`, for any number of HTTP servers. */
export class SignalingServer {
  readonly #context: SignalingContext;
  readonly #webSockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, clientTracking: false });
  readonly #sockets = new Set<SignalingSocket>();
  readonly #heartbeat: NodeJS.Timeout;
  #onEmpty: (() => void) | undefined;

  constructor(options: SignalingOptions) {
    this.#context = { ...options, turns: new TurnQueue() };
    this.#heartbeat = setInterval(() => {
      for (const socket of this.#sockets) socket.beat();
    }, options.heartbeatMs ?? heartbeatMs).unref();
  }

  /** For the `upgrade` event of an HTTP server. */
  handleUpgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    // The other side may be gone already.
    connection.on('error', () => {});
    try {
      const roomId = roomOf(request.url ?? '');
      this.#requirePlace();
      this.#webSockets.handleUpgrade(request, connection, head, (webSocket) => {
        const socket = new SignalingSocket(webSocket, roomId, this.#context, () => {
          this.#sockets.delete(socket);
          if (this.#sockets.size === 0) this.#onEmpty?.();
        });
        this.#sockets.add(socket);
      });
    } catch (error) {
      refuse(connection, error instanceof AppError ? error : new AppError('bad_request', 'The upgrade is malformed.'));
    }
  }

  #requirePlace(): void {
    if (this.#onEmpty) throw new AppError('shutting_down', 'The server is shutting down.');
    const limit = this.#context.config.server.max_connections;
    if (this.#sockets.size >= limit) throw new AppError('server_full', `The server takes at most ${limit} WebSockets.`);
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
  connection.end(
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\nConnection: close\r\n` +
      `Content-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

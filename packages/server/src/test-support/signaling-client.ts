import type { ClientMessage, ServerMessage } from '@bitbasel/protocol';
import { WebSocket } from 'ws';

type MessageOf<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;

/** A signaling client for tests: what comes in is queued until it is asked for. */
export class SignalingClient {
  readonly socket: WebSocket;
  /** The close code, once the socket is closed. */
  readonly closed: Promise<number>;
  readonly #queue: ServerMessage[] = [];
  readonly #ended = Promise.withResolvers<never>();
  #arrived = Promise.withResolvers<void>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.#ended.promise.catch(() => {});
    this.closed = new Promise((resolve) => {
      socket.once('close', (code) => {
        this.#ended.reject(new Error(`closed with ${code}`));
        resolve(code);
      });
    });
    socket.on('error', () => {});
    socket.on('message', (data) => {
      this.#queue.push(JSON.parse(data.toString()));
      this.#arrived.resolve();
      this.#arrived = Promise.withResolvers();
    });
  }

  /** @throws Error with the HTTP status where the handshake is refused */
  static async open(port: number, room: string, protocols: string[] = []): Promise<SignalingClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/signal/${room}`, protocols);
    const client = new SignalingClient(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return client;
  }

  /** Nothing has come that was not asked for yet. */
  get isIdle(): boolean {
    return this.#queue.length === 0;
  }

  send(message: ClientMessage | Record<string, unknown>): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The next message, whatever it is. */
  async next(): Promise<ServerMessage> {
    for (;;) {
      const message = this.#queue.shift();
      if (message) return message;
      await Promise.race([this.#arrived.promise, this.#ended.promise]);
    }
  }

  /** The next message of a type; those before it are dropped. */
  async until<Type extends ServerMessage['type']>(
    type: Type,
    matches: (message: MessageOf<Type>) => boolean = () => true,
  ): Promise<MessageOf<Type>> {
    for (;;) {
      const message = await this.next();
      if (isOf(message, type) && matches(message)) return message;
    }
  }
}

function isOf<Type extends ServerMessage['type']>(message: ServerMessage, type: Type): message is MessageOf<Type> {
  return message.type === type;
}

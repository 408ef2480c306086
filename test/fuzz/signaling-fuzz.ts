import { once } from 'node:events';
import { type ServerMessage, serverMessageSchema } from '@bitbasel/protocol';
import { WebSocket } from 'ws';
import { errorCatalogue } from '../../packages/server/src/errors.ts';
import type { Frame, FuzzedConversation } from './signaling-inputs.ts';

/** RFC 6455, section 7.4.1: normal, policy, too big, bytes that are no UTF-8; and 1005, where nobody gave a code. */
const closeCodes = [1000, 1005, 1007, 1008, 1009];
const answerTimeoutMs = 30_000;

/**
 * Holds the conversation.
 * @returns types of the messages that came, and codes of the errors
 * @throws Error where the server breaks, falls silent, or says what its schemas do not allow
 */
export async function tryConversation(port: number, { room, frames }: FuzzedConversation): Promise<readonly string[]> {
  const talk = await Talk.open(`ws://127.0.0.1:${port}/signal/${room}`);
  try {
    for (const frame of frames) await talk.say(frame);
    await talk.answered();
  } finally {
    talk.close();
  }
  if (talk.faults.length > 0) throw new Error(talk.faults.join('; '));
  return [...talk.heard];
}

class Talk {
  readonly faults: string[] = [];
  readonly heard = new Set<string>();
  readonly #socket: WebSocket;
  readonly #closed: Promise<unknown>;
  #offer = 'v=0';
  #onPong: ((id: number | undefined) => void) | undefined;
  #pings = 1_000_000_000;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.#closed = once(socket, 'close');
    // A write that the server no longer takes; the close event follows.
    socket.on('error', () => {});
    socket.on('message', (data) => this.#receive(data.toString()));
    socket.on('close', (code) => {
      const isKnown = closeCodes.includes(code) || (code >= 4400 && code < 4500) || code === 4503;
      if (!isKnown) this.faults.push(`closed with ${code}`);
    });
  }

  static async open(url: string): Promise<Talk> {
    const socket = new WebSocket(url);
    const talk = new Talk(socket);
    await once(socket, 'open');
    return talk;
  }

  async say(frame: Frame): Promise<void> {
    if (typeof frame === 'string' || frame instanceof Uint8Array) {
      this.#send(frame);
      return;
    }
    await this.answered();
    this.#send(JSON.stringify({ type: 'answer', sdp: frame.answer(this.#offer) }));
  }

  /** Resolves when the server has answered all that was said, or has closed. */
  async answered(): Promise<void> {
    this.#pings += 1;
    const id = this.#pings;
    const pong = Promise.withResolvers<void>();
    this.#onPong = (got) => {
      if (got === id) pong.resolve();
    };
    this.#send(JSON.stringify({ type: 'ping', id }));
    const timeout = setTimeout(() => pong.reject(new Error('no answer to a ping')), answerTimeoutMs);
    await Promise.race([pong.promise, this.#closed]).finally(() => clearTimeout(timeout));
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.terminate();
  }

  #send(data: string | Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(data);
  }

  #receive(text: string): void {
    const parsed = serverMessageSchema.safeParse(JSON.parse(text));
    if (parsed.success) this.#take(parsed.data);
    else this.faults.push(`said ${text.slice(0, 300)}, which its schema does not allow: ${parsed.error.message}`);
  }

  #take(message: ServerMessage): void {
    this.heard.add(message.type === 'error' ? message.code : message.type);
    if (message.type === 'offer') this.#offer = message.sdp;
    if (message.type === 'pong') this.#onPong?.(message.id);
    if (message.type === 'error' && (!(message.code in errorCatalogue) || message.code === 'internal'))
      this.faults.push(`an error of code ${message.code}: ${message.detail}`);
  }
}

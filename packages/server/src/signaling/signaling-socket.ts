import { type ClientMessage, clientMessageSchema, type ServerMessage } from '@bitbasel/protocol';
import { type RawData, WebSocket } from 'ws';
import { Access } from '../auth/access.ts';
import { AppError } from '../errors.ts';
import type { Role } from '../rooms/session.ts';
import { validate } from '../validation.ts';
import { isAboutChat } from './chat-replies.ts';
import { dispatch } from './dispatch.ts';
import type { SignalingContext } from './signaling-context.ts';
import { type Outlet, SignalingPeer } from './signaling-peer.ts';

/** After so many messages that make no sense, the other side is no client of ours. */
const maxBadMessages = 20;
/** A client that is told to slow down and does not is no better. */
const countsAsBad: ReadonlySet<string> = new Set(['bad_message', 'rate_limited']);
/** What a client may leave unread; one that reads nothing must not fill the server's memory. */
const maxBufferedBytes = 1024 * 1024;
/** With so much unread no more of the chat is added to it. */
const maxChatBacklogBytes = 64 * 1024;

/** Who has opened the socket, and for what. */
export interface Arrival {
  readonly roomId: string;
  /** As rate limits count it. */
  readonly address: string;
  /** What the client may do, or the error that keeps it out. */
  readonly admission: unknown;
}

/** One WebSocket: text frames in and out, heartbeat, and bounds on what the other side may do. */
export class SignalingSocket implements Outlet {
  readonly address: string;
  readonly #socket: WebSocket;
  readonly #peer: SignalingPeer;
  readonly #context: SignalingContext;
  /** Which rate limits its messages count for. */
  readonly #limitKeys: readonly string[];
  #badMessages = 0;
  #isAlive = true;

  constructor(
    socket: WebSocket,
    { roomId, address, admission }: Arrival,
    context: SignalingContext,
    onClosed: () => void,
  ) {
    this.address = address;
    this.#socket = socket;
    this.#context = context;
    const access = admission instanceof Access ? admission : undefined;
    const identity = access?.identity ?? null;
    this.#limitKeys = identity === null ? [address] : [address, `user ${identity}`];
    this.#peer = new SignalingPeer(roomId, access, context, this);
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => {
      this.#isAlive = true;
    });
    // A broken frame; the close event follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#peer.goAway();
      onClosed();
    });
    if (access === undefined) this.#peer.fail(admission);
  }

  get roomId(): string {
    return this.#peer.roomId;
  }

  get role(): Role | undefined {
    return this.#peer.role;
  }

  send(message: ServerMessage): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify(message));
    if (this.#socket.bufferedAmount > maxBufferedBytes) this.#socket.terminate();
  }

  deliver(frame: Buffer): boolean {
    if (this.#socket.readyState !== WebSocket.OPEN) return true;
    if (this.#socket.bufferedAmount > maxChatBacklogBytes) return false;
    this.#socket.send(frame, { binary: false });
    return true;
  }

  close(code: number): void {
    this.#socket.close(code);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** Ends the socket if the ping before this one was not answered. */
  beat(): void {
    if (!this.#isAlive) {
      this.#socket.terminate();
      return;
    }
    this.#isAlive = false;
    this.#socket.ping();
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    let message: ClientMessage | undefined;
    try {
      this.#context.rateLimits.consumeHere('messages', this.#limitKeys);
      message = parseMessage(data, isBinary);
      dispatch(this.#peer, message);
    } catch (error) {
      this.#peer.fail(error, message);
      if (error instanceof AppError && isBad(error, message)) this.#countBadMessage();
    }
  }

  #countBadMessage(): void {
    this.#badMessages += 1;
    // 1008: policy violation (RFC 6455, section 7.4.1).
    if (this.#badMessages >= maxBadMessages) this.#socket.close(1008, 'too many bad messages');
  }
}

/** Who writes too fast in a chat is a person, and no broken client. */
function isBad({ code }: AppError, message: ClientMessage | undefined): boolean {
  return countsAsBad.has(code) && !(code === 'rate_limited' && isAboutChat(message));
}

/** @throws AppError bad_message, and nothing else */
export function parseMessage(data: RawData, isBinary: boolean): ClientMessage {
  if (isBinary) throw new AppError('bad_message', 'Binary frame; messages are JSON in text frames.');
  let message: unknown;
  try {
    message = JSON.parse(data.toString());
  } catch (error) {
    throw new AppError('bad_message', `Not JSON: ${error instanceof Error ? error.message : error}`);
  }
  return validate(clientMessageSchema, message, 'bad_message');
}

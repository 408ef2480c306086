import { type ClientMessage, clientMessageSchema, type ServerMessage } from '@bitbasel/protocol';
import { type RawData, WebSocket } from 'ws';
import { AppError } from '../errors.ts';
import { validate } from '../validation.ts';
import { dispatch } from './dispatch.ts';
import type { SignalingContext } from './signaling-context.ts';
import { type Outlet, SignalingPeer } from './signaling-peer.ts';

/** After so many messages that make no sense, the other side is no client of ours. */
const maxBadMessages = 20;
/** What a client may leave unread; one that reads nothing must not fill the server's memory. */
const maxBufferedBytes = 1024 * 1024;

/** One WebSocket: text frames in and out, heartbeat, and bounds on what the other side may do. */
export class SignalingSocket implements Outlet {
  readonly #socket: WebSocket;
  readonly #peer: SignalingPeer;
  #badMessages = 0;
  #isAlive = true;

  constructor(socket: WebSocket, roomId: string, context: SignalingContext, onClosed: () => void) {
    this.#socket = socket;
    this.#peer = new SignalingPeer(roomId, context, this);
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => {
      this.#isAlive = true;
    });
    // A broken frame; the close event follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#peer.leave();
      onClosed();
    });
  }

  send(message: ServerMessage): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify(message));
    if (this.#socket.bufferedAmount > maxBufferedBytes) this.#socket.terminate();
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
    try {
      dispatch(this.#peer, parseMessage(data, isBinary));
    } catch (error) {
      this.#peer.fail(error);
      if (error instanceof AppError && error.code === 'bad_message') this.#countBadMessage();
    }
  }

  #countBadMessage(): void {
    this.#badMessages += 1;
    // 1008: policy violation (RFC 6455, section 7.4.1).
    if (this.#badMessages >= maxBadMessages) this.#socket.close(1008, 'too many bad messages');
  }
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

import type { ClientMessage, ServerMessage } from '@bitbasel/protocol';
import { Heartbeat } from './heartbeat.ts';
import type { Negotiation, Welcome } from './negotiation.ts';
import { parseServerMessage } from './parse-server-message.ts';
import type { ServerClock } from './server-clock.ts';
import { type ErrorCode, StreamError } from './stream-error.ts';

/** Where nothing answers, browsers themselves give up only after minutes. */
const openTimeoutMs = 10_000;
/** ICE may find its way again; where it does not, browsers take half a minute to say so. */
const disconnectedTimeoutMs = 5_000;

const advices: Readonly<Record<string, string>> = {
  signaling_lost: 'Check that the server runs, and that this device is online.',
  connection_failed: 'Let UDP to the server through, or have it offer TURN.',
  negotiation_failed: 'Try a current browser.',
};

export interface AttemptEvents {
  /** What the room is doing: every message that is not about this attempt's own negotiation. */
  onMessage(message: ServerMessage): void;
  onPeerStateChange(): void;
  /** At most once, and nothing after it. */
  onFailure(error: StreamError): void;
}

/** One try at being connected: one WebSocket and one peer connection, which live and die together. */
export class Attempt {
  readonly peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  readonly #socket: WebSocket;
  readonly #negotiation: Negotiation;
  readonly #clock: ServerClock;
  readonly #events: AttemptEvents;
  #heartbeat: Heartbeat | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /** @param credential a token or a resume secret; it travels as a subprotocol, since a page can set no header here */
  constructor(
    url: URL,
    credential: string | undefined,
    negotiation: Negotiation,
    clock: ServerClock,
    events: AttemptEvents,
  ) {
    this.#negotiation = negotiation;
    this.#clock = clock;
    this.#events = events;
    const protocols = credential === undefined ? [] : ['bitbasel', `bitbasel.token.${credential}`];
    this.#socket = new WebSocket(url, protocols);
    this.#socket.addEventListener('message', (event: MessageEvent<unknown>) => this.#receive(event.data));
    this.#socket.addEventListener('close', () =>
      this.#fail('signaling_lost', 'The connection to the server was lost.'),
    );
    this.peer.addEventListener('connectionstatechange', () => this.#onPeerStateChange());
    this.#failAfter(openTimeoutMs, 'signaling_lost', 'The server does not answer.');
    this.#run(this.#join());
  }

  /** Idempotent. @param leaves for good, so that the server keeps no place */
  close(leaves = true): void {
    if (this.#closed) return;
    this.#closed = true;
    if (leaves) this.send({ type: 'leave' });
    clearTimeout(this.#timer);
    this.#heartbeat?.stop();
    this.#socket.close();
    this.peer.close();
  }

  async #join(): Promise<void> {
    const opened = new Promise((resolve) => this.#socket.addEventListener('open', resolve, { once: true }));
    const join = await this.#negotiation.join(this.peer);
    await opened;
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.send(join);
    this.#heartbeat = new Heartbeat(
      this.#clock,
      (ping) => this.send(ping),
      () => this.#fail('signaling_lost', 'The server does not answer any more.'),
    );
  }

  /** The network may have changed. */
  probe(): void {
    this.#heartbeat?.probe();
  }

  /** @returns false where the socket is not open */
  send(message: ClientMessage): boolean {
    if (this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #receive(data: unknown): void {
    const message = parseServerMessage(data);
    if (this.#closed || !message) return;
    switch (message.type) {
      case 'welcome':
        this.#run(this.#onWelcome(message));
        this.#events.onMessage(message);
        break;
      case 'answer':
        this.#run(this.peer.setRemoteDescription({ type: 'answer', sdp: message.sdp }));
        break;
      case 'pong':
        this.#heartbeat?.onPong(message);
        break;
      case 'connection':
        if (message.state === 'failed' || message.state === 'closed')
          this.#fail('connection_failed', message.detail ?? 'The server closed the media connection.');
        break;
      case 'error':
        // About a message of the chat: all else goes on.
        if (message.in_reply_to !== undefined) this.#events.onMessage(message);
        else this.#fail(message.code, message.detail, message.retryable, message.advice);
        break;
      default:
        this.#events.onMessage(message);
    }
  }

  async #onWelcome(welcome: Welcome): Promise<void> {
    this.peer.setConfiguration({ ...this.peer.getConfiguration(), iceServers: welcome.ice_servers });
    const offer = await this.#negotiation.onWelcome(this.peer, welcome);
    if (offer && !this.#closed) this.send(offer);
  }

  #onPeerStateChange(): void {
    if (this.#closed) return;
    const { connectionState } = this.peer;
    if (connectionState === 'failed') {
      this.#fail('connection_failed', 'No media path to the server: its UDP port may be blocked on the way.');
      return;
    }
    clearTimeout(this.#timer);
    if (connectionState === 'disconnected')
      this.#failAfter(disconnectedTimeoutMs, 'connection_failed', 'The media path to the server was lost.');
    this.#events.onPeerStateChange();
  }

  #failAfter(delayMs: number, code: ErrorCode, message: string): void {
    this.#timer = setTimeout(() => this.#fail(code, message), delayMs);
  }

  /** A browser that refuses a step of the negotiation will refuse it again: final. */
  #run(step: Promise<void>): void {
    step.catch((cause: unknown) => this.#fail('negotiation_failed', String(cause), false));
  }

  #fail(code: ErrorCode, message: string, retryable = true, advice = advices[code] ?? ''): void {
    if (this.#closed) return;
    // Cut off, not left: so the server keeps the place for a while.
    this.close(false);
    this.#events.onFailure(new StreamError({ code, message, retryable, advice }));
  }
}

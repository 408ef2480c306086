import type { ClientMessage, ServerMessage } from '@bitbasel/protocol';
import type { ServerClock } from './server-clock.ts';

const intervalMs = 5_000;
/** A burst at the start finds a short round trip soon, and with it the server's clock. */
const burst = { count: 4, intervalMs: 250 };
const missesAllowed = 2;
/** How long an answer may take when there is a doubt. */
const probeMs = 2_000;

type Pong = Extract<ServerMessage, { type: 'pong' }>;

/**
 * Pings the server: finds its clock, and finds out when the socket is dead though nobody closed it.
 * Misses are counted in pings and not in seconds, because a background tab's timers may sleep for a minute.
 */
export class Heartbeat {
  readonly #clock: ServerClock;
  readonly #send: (ping: ClientMessage) => void;
  readonly #onDead: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #id = 0;
  #sentMs = 0;
  #unanswered = 0;

  constructor(clock: ServerClock, send: (ping: ClientMessage) => void, onDead: () => void) {
    this.#clock = clock;
    this.#send = send;
    this.#onDead = onDead;
    this.#beat();
  }

  onPong(pong: Pong): void {
    this.#unanswered = 0;
    if (pong.id === this.#id) this.#clock.addSample(this.#sentMs, Date.now(), pong.server_time_ms);
  }

  /** The network may have changed: finds out soon whether the server still answers. */
  probe(): void {
    if (this.#unanswered > missesAllowed) return;
    clearTimeout(this.#timer);
    this.#unanswered = missesAllowed;
    this.#beat();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #beat(): void {
    // An answer to the burst may be longer on its way than the burst takes.
    if (this.#unanswered > missesAllowed && this.#id > burst.count) {
      this.#onDead();
      return;
    }
    this.#id += 1;
    this.#unanswered += 1;
    this.#sentMs = Date.now();
    this.#send({ type: 'ping', id: this.#id });
    this.#timer = setTimeout(() => this.#beat(), this.#nextMs());
  }

  #nextMs(): number {
    if (this.#id <= burst.count) return burst.intervalMs;
    return this.#unanswered > missesAllowed ? probeMs : intervalMs;
  }
}

import type { ServerMessage } from '@bitbasel/protocol';
import type { Clock } from '../clock.ts';
import type { ChatReceiver } from './chat-member.ts';

/** So many take about half a millisecond: no packet of media waits longer for it. */
const deliveriesPerTurn = 50;
/** For each time that they took, media has the thread for so many: chat takes a fifth of it at most. */
const restFactor = 4;
/** With so many messages waiting, or one for so long, no further ones are taken. */
const mostWaiting = 256;
const mostWaitUs = 1e6;

interface Delivery {
  readonly frame: Buffer;
  readonly to: readonly ChatReceiver[];
  readonly sinceUs: number;
  next: number;
}

/**
 * Tells many clients the same: each message is written down once, and goes out in batches, with turns of the event loop
 * between them, so that chat can take a part of the thread and no more. In order, over all rooms of the server.
 */
export class FanOut {
  readonly #clock: Clock;
  readonly #waiting: Delivery[] = [];
  #notBeforeUs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What can wait had better wait, and what can be refused had better be. */
  get isBusy(): boolean {
    const [oldest] = this.#waiting;
    if (oldest === undefined) return false;
    return this.#waiting.length >= mostWaiting || this.#clock.nowUs() - oldest.sinceUs > mostWaitUs;
  }

  send(message: ServerMessage, to: readonly ChatReceiver[]): void {
    if (to.length === 0) return;
    const delivery = { frame: frameOf(message), to, sinceUs: this.#clock.nowUs(), next: 0 };
    if (this.#waiting.push(delivery) === 1) this.#schedule();
  }

  #schedule(): void {
    const restUs = this.#notBeforeUs - this.#clock.nowUs();
    if (restUs > 0) setTimeout(() => this.#run(), Math.ceil(restUs / 1000));
    else setImmediate(() => this.#run());
  }

  #run(): void {
    const startUs = this.#clock.nowUs();
    this.#deliverBatch();
    const endUs = this.#clock.nowUs();
    this.#notBeforeUs = endUs + restFactor * (endUs - startUs);
    if (this.#waiting.length > 0) this.#schedule();
  }

  #deliverBatch(): void {
    for (let left = deliveriesPerTurn; left > 0; left -= 1) {
      const delivery = this.#waiting[0];
      if (delivery === undefined) return;
      delivery.to[delivery.next]?.deliver(delivery.frame);
      delivery.next += 1;
      if (delivery.next >= delivery.to.length) this.#waiting.shift();
    }
  }
}

/** A message as the payload of a text frame. */
export function frameOf(message: ServerMessage): Buffer {
  return Buffer.from(JSON.stringify(message));
}

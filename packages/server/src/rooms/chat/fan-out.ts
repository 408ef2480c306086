import type { ServerMessage } from '@bitbasel/protocol';
import type { ChatReceiver } from './chat-member.ts';

/** So many take some tenths of a millisecond: no packet of media waits longer for it. */
const deliveriesPerTurn = 100;
/** With so many messages waiting, no further ones are taken. */
const mostWaiting = 256;

interface Delivery {
  readonly frame: Buffer;
  readonly to: readonly ChatReceiver[];
  next: number;
}

/**
 * Tells many clients the same: each message is written down once, and goes out in batches, with a turn of the event loop
 * between them. In order, over all rooms of the server.
 */
export class FanOut {
  readonly #waiting: Delivery[] = [];

  /** What can wait had better wait, and what can be refused had better be. */
  get isBusy(): boolean {
    return this.#waiting.length >= mostWaiting;
  }

  send(message: ServerMessage, to: readonly ChatReceiver[]): void {
    if (to.length === 0) return;
    if (this.#waiting.push({ frame: frameOf(message), to, next: 0 }) === 1) setImmediate(() => this.#run());
  }

  #run(): void {
    for (let left = deliveriesPerTurn; left > 0; left -= 1) {
      const delivery = this.#waiting[0];
      if (delivery === undefined) return;
      delivery.to[delivery.next]?.deliver(delivery.frame);
      delivery.next += 1;
      if (delivery.next >= delivery.to.length) this.#waiting.shift();
    }
    if (this.#waiting.length > 0) setImmediate(() => this.#run());
  }
}

/** A message as the payload of a text frame. */
export function frameOf(message: ServerMessage): Buffer {
  return Buffer.from(JSON.stringify(message));
}

import type { Source } from '../source.ts';
import type { Check } from './check.ts';
import { CounterWindow } from './counter-window.ts';

const windowUs = 3_000_000;
/** Repair and Opus hide less than this; above it each second of video is touched. */
const maxLossFraction = 0.03;
/** Of a thin stream a few packets are a large share. */
const minLost = 4;

/** Packets that the host's line loses, whether or not a retransmission makes up for them. */
export class LossRisingCheck implements Check {
  readonly code = 'loss-rising';
  readonly advice =
    'Use a cable instead of Wi-Fi, stop other uploads, or lower the bitrate below what the line carries.';
  readonly #source: Source;
  readonly #missed = new CounterWindow(windowUs);
  readonly #received = new CounterWindow(windowUs);

  constructor(source: Source) {
    this.#source = source;
  }

  find(): string | undefined {
    const lost = this.#missed.sample(this.#source.nack.missed);
    const received = this.#received.sample(this.#source.reception.received);
    const fraction = lost / (lost + received);
    if (lost < minLost || fraction <= maxLossFraction) return undefined;
    return `${Math.round(fraction * 100)}% of the packets are lost on the way from the host.`;
  }
}

import { Flow, type FlowOptions } from './flow.ts';
import { Link, type LinkOptions } from './link.ts';
import { sampleMs } from './measurements.ts';
import { type Random, seededRandom } from './random.ts';
import { VirtualTime } from './virtual-time.ts';

export interface LineOptions extends Omit<LinkOptions, 'propagationMs' | 'random' | 'loss'> {
  readonly roundTripMs: number;
  readonly loss?: (random: Random) => () => boolean;
}

/** A bottleneck toward the viewers and an open way back, and the flows over it. */
export class Network {
  readonly time = new VirtualTime();
  readonly random: Random;
  readonly down: Link;
  readonly flows: Flow[] = [];
  /** The delay in the queue, every 50 ms. */
  readonly queueMs: number[] = [];
  readonly #up: Link;

  constructor(line: LineOptions, seed: number) {
    this.random = seededRandom(seed);
    const { roundTripMs, loss, ...link } = line;
    const shared = { propagationMs: roundTripMs / 2, random: this.random };
    this.down = new Link(this.time, { ...link, ...shared, ...(loss && { loss: loss(this.random) }) });
    this.#up = new Link(this.time, { ...shared, bitrateBps: Number.POSITIVE_INFINITY });
    this.time.every(sampleMs * 1000, () => this.queueMs.push(this.down.queueMs));
  }

  addFlow(options: Omit<FlowOptions, 'random'> = {}, startSeconds = 0): Flow {
    const flow = new Flow(this.time, this.down, this.#up, { ...options, random: this.random });
    this.flows.push(flow);
    this.time.after(startSeconds * 1e6, () => flow.start());
    return flow;
  }

  setRateAt(seconds: number, bitrateBps: number): void {
    this.time.after(seconds * 1e6, () => this.down.setBitrate(bitrateBps));
  }

  run(seconds: number): this {
    this.time.runUntil(seconds);
    return this;
  }
}

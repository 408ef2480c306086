import type { BandwidthEstimator } from '../../packages/server/src/sfu/bwe/bandwidth-estimator.ts';
import { GoogCcEstimator } from '../../packages/server/src/sfu/bwe/goog-cc.ts';
import type { Link } from './link.ts';
import { sampleMs } from './measurements.ts';
import { mediaSsrc, rtxSsrc, transportCcId } from './media-encoder.ts';
import { PacedSender, type RateChoice } from './paced-sender.ts';
import type { Random } from './random.ts';
import { SimulatedViewer } from './simulated-viewer.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface FlowOptions {
  readonly random: Random;
  /** Default: whatever the estimate allows. */
  readonly chooseRate?: RateChoice;
  readonly demandBps?: number;
  readonly tickMs?: number;
}

const defaultDemandBps = 20_000_000;
const viewerTickUs = 10_000;

/** A sender and its viewer at the two ends of a line. */
export class Flow {
  readonly estimator: BandwidthEstimator = new GoogCcEstimator();
  readonly sender: PacedSender;
  readonly viewer: SimulatedViewer;
  /** The estimate since its start, every 50 ms. */
  readonly estimatesBps: number[] = [];
  readonly #time: VirtualTime;

  constructor(time: VirtualTime, down: Link, up: Link, options: FlowOptions) {
    this.#time = time;
    const { random, tickMs = 5, chooseRate = (targetBps) => targetBps } = options;
    this.estimator.setDemand(options.demandBps ?? defaultDemandBps);
    this.sender = new PacedSender(time, this.estimator, { random, tickMs, chooseRate }, (packet) =>
      down.send(packet, (arrived, nowUs) => this.viewer.receive(arrived, nowUs)),
    );
    const streams = [{ ssrc: mediaSsrc, rtxSsrc, clockRate: 90_000 }];
    this.viewer = new SimulatedViewer({ transportCcId, streams }, (packet) =>
      up.send(packet, (arrived, nowUs) => this.sender.receive(arrived, nowUs)),
    );
  }

  start(): void {
    this.sender.start();
    this.#time.every(sampleMs * 1000, () => this.estimatesBps.push(this.estimator.targetBps));
    this.#time.every(viewerTickUs, () => this.viewer.tick(this.#time.nowUs));
  }
}

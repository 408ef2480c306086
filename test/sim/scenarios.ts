import { burstLoss, randomLoss } from './loss-model.ts';
import { between, highShare, lowShare, mean, percentile, settledAfter } from './measurements.ts';
import { type LineOptions, Network } from './network.ts';

/** What came out of a scenario: figures for the table, and what is wrong with them. */
export interface Outcome {
  /** Of the settled estimate, as a share of the rate: mean, 5th and 95th percentile. */
  readonly estimate: { readonly mean: number; readonly low: number; readonly high: number };
  readonly settledSeconds: number;
  readonly queueP95Ms: number;
  readonly failures: readonly string[];
}

export interface Scenario {
  readonly name: string;
  readonly run: (seed: number) => Outcome;
}

export interface Bounds {
  readonly settleSeconds: number;
  readonly queueP95Ms: number;
  readonly lowShare?: number;
}

/** Issue figures: within 10 s at 75 to 100% of the rate, 95 of 100 moments with less than 100 ms of queue. */
const usualBounds: Bounds = { settleSeconds: 10, queueP95Ms: 100 };

/** An estimate of a line of one rate from its start on. */
export function judge(
  estimatesBps: readonly number[],
  bitrateBps: number,
  queueMs: readonly number[],
  bounds = usualBounds,
): Outcome {
  const shares = estimatesBps.map((estimateBps) => estimateBps / bitrateBps);
  const settled = between(shares, bounds.settleSeconds, Number.POSITIVE_INFINITY);
  const estimate = { mean: mean(settled), low: percentile(settled, 0.05), high: percentile(settled, 0.95) };
  const settledSeconds = settledAfter(shares);
  // Standing means once it has settled; queues of the first seconds are the price of finding the rate.
  const queueP95Ms = percentile(between(queueMs, bounds.settleSeconds, Number.POSITIVE_INFINITY), 0.95);
  const failures: string[] = [];
  const low = bounds.lowShare ?? lowShare;
  if (estimate.mean < low || estimate.mean > highShare) failures.push(`estimate at ${percent(estimate.mean)}`);
  if (low === lowShare && settledSeconds > bounds.settleSeconds) failures.push(`settled after ${settledSeconds} s`);
  if (queueP95Ms >= bounds.queueP95Ms) failures.push(`queue of ${queueP95Ms.toFixed()} ms`);
  return { estimate, settledSeconds, queueP95Ms, failures };
}

export function percent(share: number): string {
  return `${(100 * share).toFixed()}%`;
}

export function fixedRate(
  megabits: number,
  roundTripMs: number,
  note = '',
  line: Partial<LineOptions> = {},
  tickMs = 5,
): Scenario {
  const bitrateBps = megabits * 1e6;
  return {
    name: `${megabits} Mbps at ${roundTripMs} ms${note}`,
    run: (seed) => {
      const network = new Network({ bitrateBps, roundTripMs, ...line }, seed);
      const flow = network.addFlow({ tickMs });
      network.run(40);
      return judge(flow.estimatesBps, bitrateBps, network.queueMs);
    },
  };
}

const dropAt = 15;
const returnAt = 35;

/** The line narrows from 3 to 0.6 Mbps for 20 s: down within 2 s, up within 10 s. */
export const rateSteps: Scenario = {
  name: '3 to 0.6 to 3 Mbps at 50 ms',
  run: (seed) => {
    const network = new Network({ bitrateBps: 3e6, roundTripMs: 50 }, seed);
    const flow = network.addFlow();
    network.setRateAt(dropAt, 0.6e6);
    network.setRateAt(returnAt, 3e6);
    network.run(60);
    const narrow = between(flow.estimatesBps, dropAt, returnAt).map((bps) => bps / 0.6e6);
    const downSeconds = narrow.findIndex((share) => share <= highShare) * 0.05;
    const up = judge(between(flow.estimatesBps, returnAt, 60), 3e6, between(network.queueMs, 0, dropAt));
    const failures = [...up.failures];
    if (!(downSeconds >= 0 && downSeconds <= 2)) failures.push(`down after ${downSeconds} s`);
    const standingMs = percentile(between(network.queueMs, dropAt + 5, returnAt), 0.95);
    if (standingMs >= usualBounds.queueP95Ms) failures.push(`queue of ${standingMs.toFixed()} ms on the narrow line`);
    const low = mean(narrow.slice(100));
    if (low < 0.6 || low > highShare) failures.push(`narrow line at ${percent(low)}`);
    return { ...up, failures };
  },
};

/** Two viewers behind one line, the second 10 s later: neither gets more than 60% of what both get. */
export const sharedLine: Scenario = {
  name: 'two viewers share 3 Mbps at 50 ms',
  run: (seed) => {
    const network = new Network({ bitrateBps: 3e6, roundTripMs: 50 }, seed);
    const [first, second] = [network.addFlow(), network.addFlow({}, 10)];
    network.run(80);
    const one = between(first.estimatesBps, 30, 80);
    const other = between(second.estimatesBps, 20, 70);
    const both = one.map((bps, index) => bps + (other[index] ?? 0));
    const outcome = judge(both, 3e6, network.queueMs);
    const share = mean(one) / mean(both);
    const failures =
      share < 0.4 || share > 0.6 ? [...outcome.failures, `the first got ${percent(share)}`] : outcome.failures;
    return { ...outcome, failures };
  },
};

/** Loss that no rate would cure, and no queue: the estimate stays at more than half. */
export function lossyLine(share: number, meanBurst = 1): Scenario {
  return {
    name: `${percent(share)} ${meanBurst > 1 ? 'burst' : 'random'} loss on 3 Mbps at 50 ms`,
    run: (seed) => {
      const loss: LineOptions['loss'] = (random) =>
        meanBurst > 1 ? burstLoss(share, meanBurst, random) : randomLoss(share, random);
      const network = new Network({ bitrateBps: 3e6, roundTripMs: 50, loss }, seed);
      const flow = network.addFlow();
      network.run(60);
      return judge(flow.estimatesBps, 3e6, network.queueMs, { ...usualBounds, lowShare: 0.5 });
    },
  };
}

const layersBps = [200_000, 700_000, 2_300_000] as const;

/** A source with three layers, so that often less is sent than the line carries: its rate is found all the same. */
export function layeredSource(megabits: number): Scenario {
  return {
    name: `layers of 0.2, 0.7, 2.3 Mbps on ${megabits} Mbps at 100 ms`,
    run: (seed) => {
      const network = new Network({ bitrateBps: megabits * 1e6, roundTripMs: 100 }, seed);
      const chooseRate = (targetBps: number) => layersBps.findLast((bps) => bps <= targetBps) ?? layersBps[0];
      const flow = network.addFlow({ chooseRate, demandBps: layersBps[2] });
      network.run(60);
      return judge(flow.estimatesBps, megabits * 1e6, network.queueMs);
    },
  };
}

export const scenarios: readonly Scenario[] = [
  ...[20, 100, 300].flatMap((roundTripMs) => [0.3, 0.6, 1, 2, 5, 10].map((rate) => fixedRate(rate, roundTripMs))),
  ...[20, 100, 300].map((roundTripMs) => fixedRate(0.3, roundTripMs, ', sent every 20 ms', {}, 20)),
  fixedRate(0.6, 300, ', sent every 20 ms', {}, 20),
  fixedRate(2, 50, ', sent every 20 ms', {}, 20),
  fixedRate(10, 20, ', sent every 20 ms', {}, 20),
  fixedRate(2, 50, ', 20 ms jitter', { jitterMs: 20 }),
  fixedRate(2, 50, ', 2% reordered', { reordering: 0.02 }),
  fixedRate(2, 50, ', queue of 40 ms', { queueMs: 40 }),
  fixedRate(2, 50, ', queue of 2 s', { queueMs: 2000 }),
  rateSteps,
  sharedLine,
  lossyLine(0.05),
  lossyLine(0.1),
  lossyLine(0.1, 5),
  layeredSource(3),
  layeredSource(1.5),
];

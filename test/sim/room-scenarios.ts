import { coHostScenarios } from './co-host-scenarios.ts';
import { burstLoss, type LossModel, randomLoss } from './loss-model.ts';
import { between, percentile } from './measurements.ts';
import type { LineOptions } from './network.ts';
import type { Random } from './random.ts';
import { type RoomViewer, SimulatedRoom } from './room.ts';

export interface RoomOutcome {
  /** Figures for the table. */
  readonly figures: string;
  readonly failures: readonly string[];
}

export interface RoomScenario {
  readonly name: string;
  readonly run: (seed: number) => RoomOutcome;
}

/** The host has been there for a while when the viewer comes. */
const joinAt = 3;

/** Collects what is wrong. */
class Verdict {
  readonly failures: string[] = [];

  expect(holds: boolean, otherwise: string): void {
    if (!holds) this.failures.push(otherwise);
  }

  /** Somebody on a good line: nothing is lost, no picture late, the best layer as soon as he has caught up. */
  expectUnaffected(viewer: RoomViewer): void {
    const layers = new Set(viewer.layers.slice(20));
    this.expect(layers.size === 1 && layers.has('f'), `the viewer beside got ${[...layers].join(', ')}`);
    this.expect(viewer.line.fromRoom.dropped === 0, 'packets to the viewer beside were dropped');
    const gapMs = viewer.playout.longestGapMs(viewer.joinedUs);
    this.expect(gapMs < 100, `the viewer beside saw nothing for ${gapMs.toFixed()} ms`);
    this.expectSound(viewer);
  }

  expectSound(viewer: RoomViewer): void {
    this.failures.push(...viewer.audit.faults);
  }
}

/** Seconds from `fromSeconds` after the viewer joined until it had this layer for the first time; Infinity for never. */
function secondsUntil(viewer: RoomViewer, layer: string, fromSeconds: number): number {
  const index = between(viewer.layers, fromSeconds, Number.POSITIVE_INFINITY).indexOf(layer);
  return index < 0 ? Number.POSITIVE_INFINITY : index / samplesPerSecond;
}

const samplesPerSecond = 20;

/** From 15 s on, the same layer all the time. */
function keeps(layer: string, megabits: number): RoomScenario {
  return {
    name: `${megabits} Mbps keeps layer ${layer}`,
    run: (seed) => {
      const room = new SimulatedRoom(seed);
      room.run(joinAt);
      const [viewer, beside] = [room.join({ bitrateBps: megabits * 1e6, roundTripMs: 50 }), room.join()];
      room.run(joinAt + 40);
      const verdict = new Verdict();
      const layers = new Set(between(viewer.layers, 15, 40));
      verdict.expect(layers.size === 1 && layers.has(layer), `got ${[...layers].join(', ')}`);
      const queueP95Ms = percentile(between(viewer.queueMs, 15, 40), 0.95);
      verdict.expect(queueP95Ms < 100, `queue of ${queueP95Ms.toFixed()} ms`);
      verdict.expectSound(viewer);
      verdict.expectUnaffected(beside);
      return { figures: `queue p95 ${queueP95Ms.toFixed()} ms`, failures: verdict.failures };
    },
  };
}

const pausing: RoomScenario = {
  name: '1 to 0.1 to 1 Mbps: paused, and back',
  run: (seed) => {
    const room = new SimulatedRoom(seed);
    room.run(joinAt);
    const viewer = room.join({ bitrateBps: 1e6, roundTripMs: 50 });
    viewer.setRateAt(joinAt + 15, 0.1e6);
    viewer.setRateAt(joinAt + 30, 1e6);
    room.run(joinAt + 60);
    const verdict = new Verdict();
    const pausedSeconds = secondsUntil(viewer, 'paused', 15);
    verdict.expect(pausedSeconds < 5, `paused after ${pausedSeconds} s`);
    const backSeconds = secondsUntil(viewer, 'q', 30);
    verdict.expect(backSeconds < 15, `back after ${backSeconds} s`);
    verdict.expectSound(viewer);
    return { figures: `paused after ${pausedSeconds} s, back after ${backSeconds} s`, failures: verdict.failures };
  },
};

const narrowing: RoomScenario = {
  name: '3 to 0.6 to 3 Mbps: down, and up again',
  run: (seed) => {
    const room = new SimulatedRoom(seed);
    room.run(joinAt);
    const [viewer, beside] = [room.join({ bitrateBps: 3e6, roundTripMs: 50 }), room.join()];
    viewer.setRateAt(joinAt + 15, 0.6e6);
    viewer.setRateAt(joinAt + 35, 3e6);
    room.run(joinAt + 60);
    const verdict = new Verdict();
    const downSeconds = between(viewer.layers, 15, 35).findIndex((layer) => layer !== 'f') / samplesPerSecond;
    verdict.expect(downSeconds >= 0 && downSeconds <= 2, `down after ${downSeconds} s`);
    const upSeconds = secondsUntil(viewer, 'f', 35);
    verdict.expect(upSeconds <= 15, `up after ${upSeconds} s`);
    const queueP95Ms = percentile(between(viewer.queueMs, 20, 35), 0.95);
    verdict.expect(queueP95Ms < 100, `queue of ${queueP95Ms.toFixed()} ms`);
    verdict.expectSound(viewer);
    verdict.expectUnaffected(beside);
    const gapMs = viewer.playout.longestGapMs(viewer.joinedUs);
    verdict.expect(gapMs <= 1000, `nothing new for ${gapMs.toFixed()} ms`);
    const figures = `down ${downSeconds} s, up ${upSeconds} s, queue p95 ${queueP95Ms.toFixed()} ms, gap ${gapMs.toFixed()} ms`;
    return { figures, failures: verdict.failures };
  },
};

interface Loss {
  readonly name: string;
  readonly model: (random: Random) => LossModel;
  /** Of all frames. */
  readonly wholeShare: number;
}

const randomLosses: Loss = { name: '5% random loss', model: (random) => randomLoss(0.05, random), wholeShare: 0.999 };
const burstLosses: Loss = { name: '10% burst loss', model: (random) => burstLoss(0.1, 5, random), wholeShare: 0.99 };

/** Each way: media and what is said about it. On the viewer's line, or on the host's. */
function lossy({ name, model, wholeShare }: Loss, side: 'viewer' | 'host'): RoomScenario {
  return {
    name: `${name} each way at the ${side}`,
    run: (seed) => {
      const lossyLine: LineOptions = { bitrateBps: side === 'host' ? 20e6 : 5e6, roundTripMs: 50, loss: model };
      const room = side === 'host' ? new SimulatedRoom(seed, lossyLine) : new SimulatedRoom(seed);
      room.run(joinAt);
      const viewers = side === 'host' ? [room.join(), room.join()] : [room.join(lossyLine)];
      const beside = side === 'viewer' ? room.join() : undefined;
      room.run(joinAt + 120);
      room.finish();
      const verdict = new Verdict();
      const worst = Math.min(...viewers.map((viewer) => viewer.wholeShare));
      verdict.expect(worst >= wholeShare, `${(100 * worst).toFixed(2)}% of frames whole`);
      if (side === 'viewer') for (const viewer of viewers) verdict.expectSound(viewer);
      if (beside !== undefined) verdict.expectUnaffected(beside);
      const gapMs = Math.max(...viewers.map((viewer) => viewer.playout.longestGapMs(viewer.joinedUs)));
      const whole = `${(100 * worst).toFixed(2)}% of frames whole`;
      return { figures: `${whole}, gap ${gapMs.toFixed()} ms`, failures: verdict.failures };
    },
  };
}

/** Frames come this much later than the quickest of the run, at the most, where the viewer is live. */
const liveUs = 150_000;

const joining: RoomScenario = {
  name: '2 Mbps joins five seconds after the last keyframe',
  run: (seed) => {
    const room = new SimulatedRoom(seed);
    room.run(5);
    const viewer = room.join({ bitrateBps: 2e6, roundTripMs: 50 });
    room.run(25);
    const { shown } = viewer.playout;
    const firstMs = ((shown[0]?.atUs ?? Number.POSITIVE_INFINITY) - viewer.joinedUs) / 1000;
    const behindUs = shown.map(({ atUs, mediaUs }) => atUs - mediaUs);
    const quickestUs = Math.min(...behindUs);
    const lastLate = shown[behindUs.findLastIndex((us) => us - quickestUs > liveUs)];
    const liveSeconds = ((lastLate?.atUs ?? viewer.joinedUs) - viewer.joinedUs) / 1e6;
    const verdict = new Verdict();
    verdict.expect(firstMs < 300, `first frame after ${firstMs.toFixed()} ms`);
    verdict.expect(liveSeconds < 1.5, `live after ${liveSeconds.toFixed(1)} s`);
    verdict.expectSound(viewer);
    const figures = `first frame ${firstMs.toFixed()} ms, live after ${liveSeconds.toFixed(1)} s`;
    return { figures, failures: verdict.failures };
  },
};

const maxRingBytes = { audio: 128 * 1024, video: 4 * 1024 * 1024 };

/** Lines of all kinds; every second somebody leaves and somebody comes. */
export function crowd(viewerCount: number, seconds: number): RoomScenario {
  return {
    name: `${viewerCount} viewers of mixed lines for ${seconds} s`,
    run: (seed) => {
      const room = new SimulatedRoom(seed);
      const verdict = new Verdict();
      let packets = 0;
      const leave = (viewer: RoomViewer) => {
        room.leave(viewer);
        packets += viewer.audit.packets;
        verdict.expectSound(viewer);
      };
      for (let second = 1; second <= seconds; second += 1) {
        room.run(second);
        const [longest] = room.viewers;
        if (longest !== undefined && room.viewers.size >= viewerCount) leave(longest);
        const joins = second === 1 ? viewerCount : viewerCount - room.viewers.size;
        for (let count = 0; count < joins; count += 1) room.join(anyLine(room.random));
        checkBounds(room, verdict);
      }
      for (const viewer of [...room.viewers]) leave(viewer);
      checkBounds(room, verdict);
      return { figures: `${packets} packets without a gap`, failures: [...new Set(verdict.failures)] };
    },
  };
}

function anyLine(random: Random): LineOptions {
  const lossShare = random() < 0.5 ? 0 : 0.05 * random();
  return {
    bitrateBps: 0.2e6 * 50 ** random(),
    roundTripMs: 10 + 190 * random(),
    jitterMs: 10 * random(),
    loss: (own) => randomLoss(lossShare, own),
  };
}

/** What a source keeps stays within its bounds, and it knows of nobody who has left. */
function checkBounds(room: SimulatedRoom, verdict: Verdict): void {
  for (const source of room.publisher.tracks.flatMap(({ sources }) => sources)) {
    const { capacityBytes } = source.ring;
    verdict.expect(capacityBytes <= maxRingBytes[source.kind], `${source.name} keeps ${capacityBytes} bytes`);
    const fed = source.downstreams.length;
    const waiting = source.waiting.length;
    verdict.expect(fed <= room.viewers.size, `${source.name} feeds ${fed} of ${room.viewers.size}`);
    verdict.expect(waiting <= room.viewers.size, `for ${source.name} wait ${waiting} of ${room.viewers.size}`);
  }
}

export const roomScenarios: readonly RoomScenario[] = [
  keeps('f', 5),
  keeps('h', 0.8),
  keeps('q', 0.3),
  pausing,
  narrowing,
  lossy(randomLosses, 'viewer'),
  lossy(burstLosses, 'viewer'),
  lossy(randomLosses, 'host'),
  lossy(burstLosses, 'host'),
  joining,
  crowd(30, 60),
  ...coHostScenarios,
];

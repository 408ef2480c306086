import { between, percentile } from './measurements.ts';
import { SimulatedRoom } from './room.ts';
import { joinAt, type RoomScenario, samplesPerSecond, secondsUntil, Verdict } from './verdict.ts';

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

/** After a long pause nothing is left in the room that this viewer was sent: probes have to do without. */
function pausing(narrowSeconds: number): RoomScenario {
  return {
    name: `1 to 0.1 to 1 Mbps for ${narrowSeconds} s: paused, and back`,
    run: (seed) => {
      const room = new SimulatedRoom(seed);
      room.run(joinAt);
      const viewer = room.join({ bitrateBps: 1e6, roundTripMs: 50 });
      const wideAgain = 15 + narrowSeconds;
      viewer.setRateAt(joinAt + 15, 0.1e6);
      viewer.setRateAt(joinAt + wideAgain, 1e6);
      room.run(joinAt + wideAgain + 30);
      const verdict = new Verdict();
      const pausedSeconds = secondsUntil(viewer, 'paused', 15);
      verdict.expect(pausedSeconds < 5, `paused after ${pausedSeconds} s`);
      const backSeconds = secondsUntil(viewer, 'q', wideAgain);
      verdict.expect(backSeconds < 15, `back after ${backSeconds} s`);
      verdict.expectSound(viewer);
      return { figures: `paused after ${pausedSeconds} s, back after ${backSeconds} s`, failures: verdict.failures };
    },
  };
}

interface Narrowing {
  /** When the viewer joined, in seconds after the host began. */
  readonly joinedAt: number;
  readonly roundTripMs: number;
  readonly wideBps: number;
  readonly narrowBps: number;
}

/** The line narrows for 20 s: down within 2 s, up within 10 s, and no freeze above one second. */
function narrowing({ joinedAt, roundTripMs, wideBps, narrowBps }: Narrowing): RoomScenario {
  const [wide, narrow] = [wideBps / 1e6, narrowBps / 1e6];
  return {
    name: `${wide} to ${narrow} to ${wide} Mbps at ${roundTripMs} ms, joined at ${joinedAt} s`,
    run: (seed) => {
      const room = new SimulatedRoom(seed);
      room.run(joinedAt);
      const [viewer, beside] = [room.join({ bitrateBps: wideBps, roundTripMs }), room.join()];
      viewer.setRateAt(joinedAt + 15, narrowBps);
      viewer.setRateAt(joinedAt + 35, wideBps);
      room.run(joinedAt + 60);
      const verdict = new Verdict();
      const downSeconds = between(viewer.layers, 15, 35).findIndex((layer) => layer !== 'f') / samplesPerSecond;
      verdict.expect(downSeconds >= 0 && downSeconds <= 2, `down after ${downSeconds} s`);
      const upSeconds = secondsUntil(viewer, 'f', 35);
      verdict.expect(upSeconds <= 10, `up after ${upSeconds} s`);
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
}

/** A line that is narrow every 15 s, for reasons of its own: the climbs were no failures, and none comes late. */
const narrowingAgain: RoomScenario = {
  name: '10 to 0.7 to 10 Mbps, six times: back',
  run: (seed) => {
    const room = new SimulatedRoom(seed);
    room.run(joinAt);
    const viewer = room.join({ bitrateBps: 10e6, roundTripMs: 20 });
    const narrowAt = [15, 45, 75, 105, 135, 165];
    for (const at of narrowAt) {
      viewer.setRateAt(joinAt + at, 0.7e6);
      viewer.setRateAt(joinAt + at + 15, 10e6);
    }
    room.run(joinAt + 195);
    const verdict = new Verdict();
    const upSeconds = narrowAt.map((at) => secondsUntil(viewer, 'f', at + 15));
    verdict.expect(Math.max(...upSeconds) <= 10, `up after ${upSeconds.join(', ')} s`);
    const gapMs = viewer.playout.longestGapMs(viewer.joinedUs);
    verdict.expect(gapMs <= 1000, `nothing new for ${gapMs.toFixed()} ms`);
    return { figures: `up after ${Math.max(...upSeconds)} s, gap ${gapMs.toFixed()} ms`, failures: verdict.failures };
  },
};

/** A line that is a little too slow for the next layer, or just carries it: two minutes without flapping. */
function undecided(megabits: number): RoomScenario {
  return {
    name: `${megabits} Mbps for two minutes: no flapping`,
    run: (seed) => {
      const room = new SimulatedRoom(seed);
      room.run(joinAt);
      const viewer = room.join({ bitrateBps: megabits * 1e6, roundTripMs: 50, jitterMs: 10 });
      room.run(joinAt + 120);
      const verdict = new Verdict();
      const { layers } = viewer;
      const changes = layers.filter((layer, index) => index > 0 && layer !== layers[index - 1]).length;
      verdict.expect(changes <= maxChanges, `${changes} changes of layer`);
      verdict.expectSound(viewer);
      const gapMs = viewer.playout.longestGapMs(viewer.joinedUs);
      verdict.expect(gapMs <= 1000, `nothing new for ${gapMs.toFixed()} ms`);
      return { figures: `${changes} changes of layer, gap ${gapMs.toFixed()} ms`, failures: verdict.failures };
    },
  };
}

/** Of layers in two minutes: attempts to go up, of which each costs two, come after 2, 4, 8 and 16 s. */
const maxChanges = 8;

/** A line that was a little too slow for the highest layer for long, so that attempts became rare, gets wide. */
const recovering: RoomScenario = {
  name: '1.6 Mbps for two minutes, then 3 Mbps: up',
  run: (seed) => {
    const room = new SimulatedRoom(seed);
    room.run(joinAt);
    const viewer = room.join({ bitrateBps: 1.6e6, roundTripMs: 50, jitterMs: 10 });
    viewer.setRateAt(joinAt + 120, 3e6);
    room.run(joinAt + 150);
    const verdict = new Verdict();
    const lastOther = between(viewer.layers, 120, 150).findLastIndex((layer) => layer !== 'f');
    const upSeconds = (lastOther + 1) / samplesPerSecond;
    verdict.expect(upSeconds <= 10, `up for good after ${upSeconds} s`);
    verdict.expectSound(viewer);
    return { figures: `up for good after ${upSeconds} s`, failures: verdict.failures };
  },
};

/** What happens to somebody's line, and how it is followed. */
export const lineScenarios: readonly RoomScenario[] = [
  keeps('f', 5),
  keeps('h', 0.8),
  keeps('q', 0.3),
  pausing(15),
  pausing(180),
  narrowing({ joinedAt: 0, roundTripMs: 50, wideBps: 3e6, narrowBps: 0.6e6 }),
  narrowing({ joinedAt: 3, roundTripMs: 50, wideBps: 3e6, narrowBps: 0.6e6 }),
  narrowing({ joinedAt: 0.5, roundTripMs: 150, wideBps: 3e6, narrowBps: 0.6e6 }),
  narrowing({ joinedAt: 3, roundTripMs: 20, wideBps: 3e6, narrowBps: 0.3e6 }),
  narrowing({ joinedAt: 5, roundTripMs: 20, wideBps: 10e6, narrowBps: 0.7e6 }),
  narrowingAgain,
  undecided(0.6),
  undecided(0.7),
  undecided(1.7),
  undecided(1.8),
  recovering,
];

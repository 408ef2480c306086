import { CoHostRoom, type CoHostViewer } from './co-host-room.ts';
import { between, percentile } from './measurements.ts';
import type { RoomScenario } from './verdict.ts';

const joinAt = 3;

/** A room with three hosts, who have been there for a while. */
function threeHosts(seed: number): CoHostRoom {
  const room = new CoHostRoom(seed);
  for (const hostId of ['ann', 'bob', 'eve']) room.enter(hostId);
  room.run(joinAt);
  return room;
}

function faultsOf(viewer: CoHostViewer): string[] {
  return viewer.audits.flatMap(({ faults }, slot) => faults.map((fault) => `slot ${slot}: ${fault}`));
}

const handover: RoomScenario = {
  name: 'three hosts: one is killed and back after 2 s, the others go on',
  run: (seed) => {
    const room = threeHosts(seed);
    const viewer = room.join(3);
    room.run(joinAt + 8);
    room.kill('bob');
    room.run(joinAt + 10);
    room.enter('bob');
    room.run(joinAt + 20);
    const failures = faultsOf(viewer);
    const layers = new Set(between(viewer.layers, 15, 20));
    if (layers.size !== 1 || !layers.has('f f f')) failures.push(`got ${[...layers].join(', ')}`);
    // The first second is the line's being measured: the videos take turns in it.
    const fromUs = viewer.joinedUs + 1e6;
    const gaps = [0, 1, 2].map((slot) => viewer.playout(slot)?.longestGapMs(fromUs) ?? Number.NaN);
    const [ann = Number.NaN, bob = Number.NaN, eve = Number.NaN] = gaps;
    // Two seconds away, and what a keyframe takes.
    if (!(bob > 1900 && bob < 2500)) failures.push(`nothing of the one who came back for ${bob.toFixed()} ms`);
    if (!(ann < 100 && eve < 100)) failures.push(`nothing of the others for ${ann.toFixed()} and ${eve.toFixed()} ms`);
    return { figures: `gaps ${gaps.map((gap) => gap.toFixed()).join(', ')} ms`, failures };
  },
};

/** From 15 s on, these layers nearly all the time: there are attempts at better ones. */
function shares(megabits: number, expected: string): RoomScenario {
  return {
    name: `three hosts over ${megabits} Mbps: ${expected}`,
    run: (seed) => {
      const room = threeHosts(seed);
      const viewer = room.join(3, { bitrateBps: megabits * 1e6, roundTripMs: 50 });
      room.run(joinAt + 40);
      const failures = faultsOf(viewer);
      const layers = between(viewer.layers, 15, 40);
      const share = layers.filter((each) => each === expected).length / layers.length;
      if (share < 0.85)
        failures.push(`only ${(100 * share).toFixed()}% of the time, else ${[...new Set(layers)].join(', ')}`);
      const queueP95Ms = percentile(between(viewer.queueMs, 15, 40), 0.95);
      if (queueP95Ms >= 100) failures.push(`queue of ${queueP95Ms.toFixed()} ms`);
      return { figures: `${(100 * share).toFixed()}% of the time, queue p95 ${queueP95Ms.toFixed()} ms`, failures };
    },
  };
}

export const coHostScenarios: readonly RoomScenario[] = [
  handover,
  shares(2.5, 'f q q'),
  shares(1.4, 'h q q'),
  shares(0.65, 'q q paused'),
];

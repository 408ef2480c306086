import { between } from './measurements.ts';
import { type RoomViewer, SimulatedRoom } from './room.ts';
import { type RoomScenario, Verdict } from './verdict.ts';

/** What a viewer sees at first, and how long it may see nothing new meanwhile. */
const firstSeconds = 5;
const maxWaitMs = 500;

/** Frames come this much later than the quickest of the run, at the most, where the viewer is live. */
const liveUs = 150_000;

/** Somebody who joins late is shown what was, and is live soon. */
const catchingUp: RoomScenario = {
  name: '2 Mbps joins five seconds after the last keyframe',
  run: (seed) => {
    const room = new SimulatedRoom(seed);
    room.run(5);
    const viewer = room.join({ bitrateBps: 2e6, roundTripMs: 50 });
    room.run(25);
    const { shown } = viewer.playout;
    const firstMs = firstFrameMs(viewer);
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

function firstFrameMs(viewer: RoomViewer): number {
  return ((viewer.playout.shown[0]?.atUs ?? Number.POSITIVE_INFINITY) - viewer.joinedUs) / 1000;
}

/** Somebody joins on a slow line: a picture at once, and no freeze and no loss while the line is being measured. */
function joinsSlowly(megabits: number, roundTripMs: number, joinedAt: number): RoomScenario {
  return {
    name: `${megabits} Mbps at ${roundTripMs} ms joins at ${joinedAt} s`,
    run: (seed) => {
      const room = new SimulatedRoom(seed);
      room.run(joinedAt);
      const viewer = room.join({ bitrateBps: megabits * 1e6, roundTripMs });
      room.run(joinedAt + firstSeconds);
      const verdict = new Verdict();
      const firstMs = firstFrameMs(viewer);
      verdict.expect(firstMs < 300, `first frame after ${firstMs.toFixed()} ms`);
      const waitMs = viewer.playout.longestWaitMs(viewer.joinedUs, room.time.nowUs);
      verdict.expect(waitMs <= maxWaitMs, `nothing new for ${waitMs.toFixed()} ms`);
      const { dropped } = viewer.line.fromRoom;
      verdict.expect(dropped === 0, `${dropped} packets too many for the line`);
      verdict.expectSound(viewer);
      const queueMs = Math.max(...between(viewer.queueMs, 0, firstSeconds));
      const layers = [...new Set(viewer.layers)].join(' ');
      const figures = `first ${firstMs.toFixed()} ms, wait ${waitMs.toFixed()} ms, queue ${queueMs.toFixed()} ms, ${layers}`;
      return { figures, failures: verdict.failures };
    },
  };
}

export const joinScenarios: readonly RoomScenario[] = [
  ...[0.3, 0.6, 1].flatMap((megabits) => [joinsSlowly(megabits, 50, 0), joinsSlowly(megabits, 50, 5)]),
  joinsSlowly(0.3, 200, 5),
  joinsSlowly(0.6, 200, 9),
  joinsSlowly(2, 50, 5),
  catchingUp,
];

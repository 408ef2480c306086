import { coHostScenarios } from './co-host-scenarios.ts';
import { joinScenarios } from './join-scenarios.ts';
import { lineScenarios } from './line-scenarios.ts';
import { burstLoss, type LossModel, randomLoss } from './loss-model.ts';
import type { LineOptions } from './network.ts';
import type { Random } from './random.ts';
import { type RoomViewer, SimulatedRoom } from './room.ts';
import { joinAt, type RoomScenario, Verdict } from './verdict.ts';

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
  ...joinScenarios,
  ...lineScenarios,
  lossy(randomLosses, 'viewer'),
  lossy(burstLosses, 'viewer'),
  lossy(randomLosses, 'host'),
  lossy(burstLosses, 'host'),
  crowd(30, 60),
  ...coHostScenarios,
];

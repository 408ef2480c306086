import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findLimit } from './find-limit.ts';
import { makeReport } from './report/report.ts';

const machine = { cpuBusy: 0, udpReceiveBufferErrors: 0 };

/** A server that carries up to `capacity` viewers and loses half of what it sends to more. */
function serverOf(capacity: number) {
  return async (viewers: number) => {
    const delivered = viewers <= capacity ? 1000 : 500;
    const session = { room: '', error: undefined, answerMs: 1, connectMs: 1, firstPacketMs: 1, firstKeyframeMs: 1 };
    const counts = { expected: 1000, delivered, recovered: 0, pending: 0, duplicates: 0, gaps: 0, ignored: 0 };
    const sessions = [{ ...session, ...counts, isTraced: true, packetsReceived: 0, bytesReceived: 0 }];
    const health = { eventLoopDelayP99Ms: 0, mainThreadBusy: 0, cpuCores: 0, frameLatenessP99Ms: 0 };
    const results = [{ sessions, hosts: [], delays: [], messages: [], health }];
    return makeReport({ planned: viewers, results, hosts: [], machine, server: undefined });
  };
}

const bounds = { maxLoss: 0.001, maxConnectMs: 5000 };

it('finds the largest number that holds, to a tenth, in few runs', async () => {
  const capacities = fc.integer({ min: 1, max: 1900 });
  await fc.assert(
    fc.asyncProperty(capacities, fc.integer({ min: 1, max: 500 }), async (capacity, from) => {
      const { held, steps } = await findLimit({ from, to: 2000, bounds, run: serverOf(capacity) });
      expect(held).toBeLessThanOrEqual(capacity);
      expect(held).toBeGreaterThanOrEqual(Math.floor(capacity * 0.88));
      expect(steps.length).toBeLessThan(25);
    }),
  );
});

it('tries no more than it is told to, and says 0 where nothing holds', async () => {
  expect(await findLimit({ from: 100, to: 300, bounds, run: serverOf(9999) })).toMatchObject({ held: 300 });
  expect(await findLimit({ from: 8, to: 300, bounds, run: serverOf(0) })).toMatchObject({ held: 0 });
});

import { expect, it } from 'vitest';
import { ReceiverView } from './receiver-view.ts';
import { SampledRate } from './sampled-rate.ts';

const block = { ssrc: 1, fractionLost: 128, cumulativeLost: 5, jitter: 480 };
const noSenderReport = { lastSenderReport: 0, delaySinceLastSenderReport: 0 };

it('tells a viewer that gets nothing from one that is sent nothing', () => {
  const view = new ReceiverView();
  const report = (highestSequenceNumber: number, packetsSent: number) =>
    view.onReport({ ...block, ...noSenderReport, highestSequenceNumber }, 48_000, packetsSent, 7e6);
  report(100, 100);
  expect(view).toMatchObject({ fractionLost: 0.5, packetsLost: 5, jitterUs: 10_000, reportedUs: 7e6, emptyReports: 0 });
  report(100, 150);
  report(100, 200);
  expect(view.emptyReports).toBe(2);
  report(100, 200);
  expect(view.emptyReports).toBe(0);
  report(100, 250);
  report(240, 300);
  expect(view.emptyReports).toBe(0);
});

it('samples a rate once a second, over the time that has passed', () => {
  const rate = new SampledRate();
  rate.sample(1000, 1e6);
  rate.sample(1500, 1.5e6);
  expect(rate.perSecond).toBe(0);
  rate.sample(5000, 3e6);
  expect(rate.perSecond).toBe(2000);
});

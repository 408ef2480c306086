import { expect, it } from 'vitest';
import { makeReport, sumPackets } from './report.ts';
import type { SessionRecord } from './session-record.ts';
import { failuresOf, whatLimitedIt } from './verdict.ts';

const session: SessionRecord = {
  room: 'load-1',
  error: undefined,
  answerMs: 10,
  connectMs: 40,
  firstPacketMs: 50,
  firstKeyframeMs: 60,
  isTraced: true,
  expected: 1000,
  delivered: 1000,
  recovered: 20,
  pending: 0,
  ignored: 20,
  duplicates: 0,
  gaps: 15,
  packetsReceived: 1020,
  bytesReceived: 1_224_000,
};
const health = { eventLoopDelayP99Ms: 2, mainThreadBusy: 0.2, cpuCores: 0.3, frameLatenessP99Ms: 1 };
const machine = { cpuBusy: 0.4, udpReceiveBufferErrors: 0 };
const host = { room: 'load-1', error: undefined, message: undefined, packets: 1000, bytesSent: 1, retransmitted: 0 };

function report(sessions: SessionRecord[], hostError?: string) {
  const result = { sessions, hosts: [], delays: [], messages: [], health };
  const hosts = [{ ...host, keyframeRequests: 0, error: hostError }];
  return makeReport({ planned: sessions.length, results: [result], hosts, machine, server: undefined });
}

const none = { maxLoss: undefined, maxConnectMs: undefined };

it('loss after repair is what never came; before repair it is what had to be asked for as well', () => {
  const packets = sumPackets([session, { ...session, delivered: 990 }]);
  expect(packets).toMatchObject({ expected: 2000, delivered: 1990, lost: 10, lossRatio: 0.005 });
  expect(packets.lossRatioBeforeRepair).toBeCloseTo(0.025);
});

it('a viewer who leaves in the middle of a repair has lost nothing; one who stayed has', () => {
  const asking = { ...session, delivered: 997, pending: 3 };
  expect(sumPackets([{ ...asking, isTraced: false }]).lost).toBe(0);
  expect(sumPackets([asking]).lost).toBe(3);
});

it('nothing is out of bounds where everything came', () => {
  expect(failuresOf(report([session, session]), { maxLoss: 0, maxConnectMs: 40 })).toEqual([]);
});

it('names each bound that is broken', () => {
  const lossy = report([{ ...session, delivered: 980 }]);
  expect(failuresOf(lossy, none)).toEqual([]);
  expect(failuresOf(lossy, { maxLoss: 0.01, maxConnectMs: 39 })).toEqual([
    'loss of 2.0 % is above 1.0 %',
    'the slowest connection took 40 ms, more than 39',
  ]);
});

it('a session that failed, a host that could not publish and silence are failures without any bound', () => {
  const failed = report([session, { ...session, error: 'http 503', connectMs: undefined }]);
  expect(failuresOf(failed, none)).toEqual(['1 of 2 sessions of viewers failed']);
  expect(failed.errors).toEqual({ 'http 503': 1 });
  expect(failuresOf(report([session], 'http 401'), none)).toEqual(['1 of 1 hosts could not publish']);
  expect(failuresOf(report([{ ...session, delivered: 0 }]), none)).toEqual(['no packet was delivered']);
});

it('says when the generator itself was the limit, and why', () => {
  expect(whatLimitedIt([health, health], machine)).toEqual([]);
  expect(whatLimitedIt([health, { ...health, eventLoopDelayP99Ms: 300 }], machine)).toHaveLength(1);
  expect(whatLimitedIt([{ ...health, mainThreadBusy: 0.97, frameLatenessP99Ms: 80 }], machine)).toHaveLength(2);
  expect(whatLimitedIt([health], { ...machine, cpuBusy: 0.99 })[0]).toMatch(/cores were 99.0 % busy/);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ReceivedStream } from './received-stream.ts';
import { TracedPackets } from './traced-packets.ts';

const receive = (stream: ReceivedStream, sequences: readonly number[], nowUs = 0) =>
  sequences.map((sequence) => stream.onPacket(sequence & 0xffff, 0, nowUs));

it('counts what came, once, across the wrap of sequence numbers', () => {
  const stream = new ReceivedStream(1, 90_000);
  expect(receive(stream, [65_534, 65_535, 65_536, 65_535, 65_540])).toEqual([true, true, true, false, true]);
  expect(stream.counts()).toMatchObject({ expected: 7, delivered: 4, duplicates: 1, gaps: 1, pending: 3 });
});

it('asks for what is missing, and counts it as recovered when it comes', () => {
  const stream = new ReceivedStream(1, 90_000);
  receive(stream, [65_534, 65_537]);
  const asked: number[] = [];
  stream.collectNacks(20_000, asked);
  expect(asked).toEqual([65_535, 0]);
  receive(stream, [65_536], 40_000);
  expect(stream.counts()).toMatchObject({ expected: 4, delivered: 3, recovered: 1, pending: 1 });
});

it('gives up in the end, and says that a keyframe is needed', () => {
  const stream = new ReceivedStream(1, 90_000);
  receive(stream, [10, 12]);
  expect(stream.collectNacks(20_000, [])).toBe(true);
  expect(stream.collectNacks(2_000_000, [])).toBe(false);
  expect(stream.counts()).toMatchObject({ expected: 3, delivered: 2, pending: 0 });
});

it('whatever order packets come in, distinct ones are delivered and the others duplicates', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 30_000, max: 31_000 }), { minLength: 1 }), (sequences) => {
      const stream = new ReceivedStream(1, 90_000);
      receive(stream, sequences);
      const distinct = new Set(sequences);
      expect(stream.counts()).toMatchObject({
        expected: Math.max(...distinct) - Math.min(...distinct) + 1,
        delivered: distinct.size,
        duplicates: sequences.length - distinct.size,
      });
    }),
  );
});

it('counts anew from where it is told to', () => {
  const stream = new ReceivedStream(1, 90_000);
  receive(stream, [1, 2, 5]);
  stream.startCounting();
  receive(stream, [6, 7, 9, 9]);
  expect(stream.counts()).toMatchObject({ expected: 4, delivered: 3, duplicates: 1, gaps: 1 });
});

const trace = (index: number, layer = 0) => ({ layer, index, sentMs: 0 });

it("knows by the host's own numbers what a server has left out", () => {
  const traced = new TracedPackets();
  expect(traced.isWhole).toBe(false);
  for (const index of [100, 101, 103]) traced.onPacket(trace(index));
  expect([traced.isWhole, traced.delivered(110), traced.expected(110)]).toEqual([true, 3, 10]);
});

it('says nothing once the layer has changed', () => {
  const traced = new TracedPackets();
  traced.onPacket(trace(100));
  traced.onPacket(trace(30, 1));
  expect(traced.isWhole).toBe(false);
});

it('a late packet of before does not count in a new count', () => {
  const traced = new TracedPackets();
  for (const index of [100, 102]) traced.onPacket(trace(index));
  traced.startCounting();
  for (const index of [101, 103, 105]) traced.onPacket(trace(index));
  expect([traced.delivered(106), traced.expected(106)]).toEqual([2, 3]);
});

it('what the host has sent since the count was taken only shows what is missing before', () => {
  const traced = new TracedPackets();
  for (const index of [100, 101, 103, 104, 106]) traced.onPacket(trace(index));
  expect([traced.delivered(103), traced.expected(103)]).toEqual([2, 3]);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SequenceCompactor } from './sequence-compactor.ts';

function started(start: number): SequenceCompactor {
  const compactor = new SequenceCompactor();
  compactor.restart(start);
  return compactor;
}

describe('SequenceCompactor', () => {
  it('closes the gap that a dropped packet leaves', () => {
    const compactor = started(100);
    expect(compactor.forward(100)).toBe(100);
    expect(compactor.drop(101)).toBe(-1);
    expect(compactor.drop(102)).toBe(-1);
    expect(compactor.forward(103)).toBe(101);
  });

  it('keeps a number for a packet that is missing, which gets it when it comes late', () => {
    const compactor = started(100);
    expect(compactor.forward(100)).toBe(100);
    expect(compactor.drop(101)).toBe(-1);
    expect(compactor.forward(103)).toBe(102);
    expect(compactor.forward(102)).toBe(101);
    expect(compactor.forward(104)).toBe(103);
  });

  it('gives the number that was kept for a late packet that is dropped, so that it can be filled', () => {
    const compactor = started(100);
    expect(compactor.forward(100)).toBe(100);
    expect(compactor.forward(102)).toBe(102);
    expect(compactor.drop(101)).toBe(101);
  });

  it('keeps no number for what is missing within a dropped frame, and gives none to what comes of it', () => {
    const compactor = started(100);
    expect(compactor.forward(100)).toBe(100);
    expect(compactor.drop(101)).toBe(-1);
    expect(compactor.drop(105, true)).toBe(-1);
    expect(compactor.forward(106)).toBe(101);
    expect(compactor.drop(103)).toBe(-1);
  });

  it('has nothing for what came before its start, or longer ago than it remembers', () => {
    const compactor = started(100);
    expect(compactor.forward(99)).toBe(-1);
    for (let number = 100; number < 2000; number += 2) {
      compactor.forward(number);
      compactor.drop(number + 1);
    }
    expect(compactor.find(1998)).toBe(1049);
    expect(compactor.find(100)).toBe(-1);
  });

  it('remembers one run, however much of the stream is dropped in one piece', () => {
    const compactor = started(100);
    for (let number = 101; number < 5000; number += 1) compactor.drop(number);
    expect(compactor.find(100)).toBe(100);
    expect(compactor.forward(5000)).toBe(101);
  });

  it('sends contiguous, unique numbers in the order of the source, whatever is dropped and reordered', () => {
    const frames = fc.array(fc.record({ packets: fc.integer({ min: 1, max: 6 }), passes: fc.boolean() }), {
      minLength: 1,
      maxLength: 60,
    });
    const delays = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(frames, delays, fc.integer({ min: 0, max: 70_000 }), (frames, delays, start) => {
        const packets = frames.flatMap(({ packets, passes }, frame) =>
          Array.from({ length: packets }, () => ({ frame, passes })),
        );
        const arrivals = packets
          // The first begins the stream, as a keyframe's first packet does.
          .map((packet, index) => ({
            ...packet,
            number: start + index,
            at: index === 0 ? -1 : index + (delays[index % delays.length] ?? 0),
          }))
          .toSorted((a, b) => a.at - b.at || a.number - b.number);
        const compactor = started(start);
        const sent = new Map<number, number>();
        let latestDropped = -1;
        for (const { number, frame, passes } of arrivals) {
          const isLatest = number > compactor.highest;
          const out = passes ? compactor.forward(number) : compactor.drop(number, latestDropped === frame);
          if (isLatest) latestDropped = passes ? -1 : frame;
          if (passes) expect(out).toBeGreaterThanOrEqual(start);
          if (out >= 0) sent.set(number, out);
        }
        const inOrder = [...sent].toSorted(([a], [b]) => a - b).map(([, out]) => out);
        expect(inOrder).toEqual(inOrder.map((_, index) => start + index));
        for (const [number, out] of sent) expect(compactor.find(number)).toBe(out);
      }),
      { numRuns: 500 },
    );
  });
});

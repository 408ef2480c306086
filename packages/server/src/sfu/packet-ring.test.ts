import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketRing } from './packet-ring.ts';

describe('PacketRing', () => {
  it('gives back exactly what went in, or nothing, whatever the sizes and the order', () => {
    const inserts = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 60 })), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(inserts, (steps) => {
        const ring = new PacketRing(256, 16);
        const latest = new Map<number, Buffer>();
        const target = Buffer.alloc(64);
        for (const [index, [sequence, length]] of steps.entries()) {
          const packet = Buffer.alloc(length, index + 1);
          ring.insert(sequence, packet, length);
          latest.set(sequence, packet);
          expect(ring.read(sequence, target)).toBe(length);
          for (const [known, bytes] of latest) {
            const found = ring.read(known, target);
            if (found > 0) expect(target.subarray(0, found)).toEqual(bytes);
          }
        }
      }),
    );
  });

  it('keeps as many packets as its bytes allow', () => {
    const ring = new PacketRing(1000, 1024);
    for (let sequence = 0; sequence < 100; sequence += 1) ring.insert(sequence, Buffer.alloc(100, sequence), 100);
    const target = Buffer.alloc(100);
    const kept = Array.from({ length: 100 }, (_, sequence) => sequence).filter(
      (sequence) => ring.read(sequence, target) > 0,
    );
    expect(kept).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
    expect(ring.has(50)).toBe(true);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketRing } from './packet-ring.ts';

const kib = 1024;

function fill(ring: PacketRing, from: number, to: number): void {
  for (let sequence = from; sequence < to; sequence += 1) ring.insert(sequence, Buffer.alloc(kib, sequence), kib);
}

function kept(ring: PacketRing, to: number): number[] {
  return Array.from({ length: to }, (_, sequence) => sequence).filter((sequence) => ring.lengthOf(sequence) > 0);
}

describe('PacketRing', () => {
  it('gives back exactly what went in, or nothing, whatever the sizes and the order', () => {
    const inserts = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 1500 })), {
      minLength: 100,
      maxLength: 600,
    });
    fc.assert(
      fc.property(inserts, (steps) => {
        const ring = new PacketRing({ minBytes: 128 * kib, maxBytes: 256 * kib, maxPackets: 256 });
        const latest = new Map<number, Buffer>();
        const target = Buffer.alloc(1500);
        for (const [index, [sequence, length]] of steps.entries()) {
          const packet = Buffer.alloc(length, index);
          ring.insert(sequence, packet, length);
          latest.set(sequence, packet);
          expect(ring.read(sequence, target)).toBe(length);
        }
        for (const [known, bytes] of latest) {
          const found = ring.read(known, target);
          if (found > 0) expect(target.subarray(0, found)).toEqual(bytes);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('overwrites the oldest when it is full', () => {
    const ring = new PacketRing({ minBytes: 256 * kib, maxBytes: 1024 * kib, maxPackets: 4096 });
    fill(ring, 0, 1000);
    const [oldest = 0, ...others] = kept(ring, 1000);
    expect(others).toEqual(others.map((_, index) => oldest + 1 + index));
    expect(1000 - oldest).toBeGreaterThanOrEqual(128);
    expect(ring.capacityBytes).toBe(256 * kib);
    expect(ring.has(900)).toBe(true);
  });

  it('grows for what is to be kept, and not beyond its bound', () => {
    const ring = new PacketRing({ minBytes: 128 * kib, maxBytes: 512 * kib, maxPackets: 4096 });
    fill(ring, 0, 50);
    ring.keepFrom = 50;
    fill(ring, 50, 400);
    expect(kept(ring, 400)).toContain(50);
    fill(ring, 400, 1000);
    expect(kept(ring, 1000)).not.toContain(50);
    expect(ring.capacityBytes).toBe(512 * kib);
    expect(ring.lengthOf(999)).toBe(kib);
  });
});

import { between } from './measurements.ts';
import type { RoomViewer } from './room.ts';

export interface RoomOutcome {
  /** Figures for the table. */
  readonly figures: string;
  readonly failures: readonly string[];
}

export interface RoomScenario {
  readonly name: string;
  readonly run: (seed: number) => RoomOutcome;
}

/** The host has been there for a while when the viewer comes. */
export const joinAt = 3;

/** Collects what is wrong. */
export class Verdict {
  readonly failures: string[] = [];

  expect(holds: boolean, otherwise: string): void {
    if (!holds) this.failures.push(otherwise);
  }

  /** Somebody on a good line: nothing is lost, no picture late, the best layer as soon as he has caught up. */
  expectUnaffected(viewer: RoomViewer): void {
    const layers = new Set(viewer.layers.slice(20));
    this.expect(layers.size === 1 && layers.has('f'), `the viewer beside got ${[...layers].join(', ')}`);
    this.expect(viewer.line.fromRoom.dropped === 0, 'packets to the viewer beside were dropped');
    const gapMs = viewer.playout.longestGapMs(viewer.joinedUs);
    this.expect(gapMs < 100, `the viewer beside saw nothing for ${gapMs.toFixed()} ms`);
    this.expectSound(viewer);
  }

  expectSound(viewer: RoomViewer): void {
    this.failures.push(...viewer.audit.faults);
  }
}

/** Seconds from `fromSeconds` after the viewer joined until it had this layer for the first time; Infinity for never. */
export function secondsUntil(viewer: RoomViewer, layer: string, fromSeconds: number): number {
  const index = between(viewer.layers, fromSeconds, Number.POSITIVE_INFINITY).indexOf(layer);
  return index < 0 ? Number.POSITIVE_INFINITY : index / samplesPerSecond;
}

export const samplesPerSecond = 20;

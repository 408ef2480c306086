import type { Measurement } from '../measurement.ts';
import type { Capacity } from './capacity.ts';
import type { FloorMeasurement } from './floor.ts';
import type { PeerMeasurement } from './measure.ts';

/** All that one run found out, as it is written for programs. */
export interface Results {
  readonly machine: string;
  readonly date: string;
  /** Of the machine over the last minute, before the run and after it. */
  readonly loadBefore: number;
  readonly loadAfter: number;
  readonly command: string;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly peers: readonly { readonly name: string; readonly version: string; readonly setting: string }[];
  readonly unavailable: readonly { readonly name: string; readonly reason: string }[];
  readonly rounds: readonly Round[];
  readonly capacities: readonly Capacity[];
}

/** Everything once, one after the other, with the same number of viewers. */
export interface Round {
  readonly viewers: number;
  readonly bare: Measurement | undefined;
  readonly floor: readonly FloorMeasurement[];
  readonly peers: readonly PeerMeasurement[];
  /** A peer that could not be measured, and why. */
  readonly failures: readonly { readonly name: string; readonly reason: string }[];
}

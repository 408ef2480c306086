import type { Random } from './random.ts';

/** How viewers come: all at once, independently of each other at a rate, or evenly over a time. */
export type JoinCurve =
  | { readonly kind: 'storm' }
  | { readonly kind: 'poisson'; readonly perSecond: number }
  | { readonly kind: 'ramp'; readonly seconds: number };

/** Viewers who leave and come back. */
export interface Churn {
  readonly meanStaySeconds: number;
  readonly pauseSeconds: number;
}

/** Reads `storm`, `poisson:20` (viewers a second) or `ramp:10` (seconds); undefined where it is none of them. */
export function parseJoinCurve(text: string): JoinCurve | undefined {
  if (text === 'storm') return { kind: 'storm' };
  const [, kind, digits] = /^(poisson|ramp):(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  const value = Number(digits);
  if (kind === 'ramp') return { kind, seconds: value };
  return kind === 'poisson' && value > 0 ? { kind, perSecond: value } : undefined;
}

/** When each of `count` viewers comes, in ms from the start, in rising order. */
export function joinTimesMs(curve: JoinCurve, count: number, random: Random): number[] {
  switch (curve.kind) {
    case 'storm':
      return Array.from({ length: count }, () => 0);
    case 'ramp':
      return Array.from({ length: count }, (_, index) => (index * curve.seconds * 1000) / count);
    case 'poisson': {
      let atMs = 0;
      return Array.from({ length: count }, () => {
        atMs += exponential(1000 / curve.perSecond, random);
        return atMs;
      });
    }
  }
}

/** A time between independent events whose mean is `mean`. */
export function exponential(mean: number, random: Random): number {
  // Random numbers reach 0 and never 1.
  return -mean * Math.log(1 - random());
}

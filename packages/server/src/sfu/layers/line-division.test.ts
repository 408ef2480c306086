import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LineClaim, LineDivision } from './line-division.ts';

/** What each video has for itself when the ones before it take `taken`; 0 where no room is kept for it. */
function available(
  estimateBps: number,
  audioBps: number,
  claims: readonly LineClaim[],
  taken: readonly number[],
  next: readonly number[] = [],
) {
  const division = new LineDivision(estimateBps, audioBps, claims);
  return claims.map((_, index) => {
    const share = division.shareOf(index);
    division.take(taken[index] ?? 0, next[index] ?? 0);
    return Math.max(0, share.estimateBps - share.audioBps);
  });
}

const sent = (lowestBps: number): LineClaim => ({ lowestBps, isPaused: false });
const paused = (lowestBps: number): LineClaim => ({ lowestBps, isPaused: true });

describe('a line of several videos', () => {
  it('carries all audio and the lowest layer of each first, and gives the rest to the most important', () => {
    expect(available(2000, 200, [sent(150), sent(150), sent(150)], [1500, 150, 150])).toEqual([1500, 150, 150]);
  });

  it('hands on what the more important ones leave', () => {
    expect(available(2000, 200, [sent(150), sent(150), sent(150)], [500, 1000, 150])).toEqual([1500, 1150, 300]);
  });

  it('is kept for the next layer of the more important ones where that fits', () => {
    const claims = [sent(150), sent(150), sent(150)];
    expect(available(1200, 100, claims, [150, 150, 150], [500, 500, 500])).toEqual([800, 375, 375]);
    expect(available(700, 100, claims, [150, 150, 150], [500, 500, 500])).toEqual([300, 300, 300]);
  });

  it('keeps no room for those that do not fit, the least important first', () => {
    expect(available(450, 100, [sent(150), sent(150), sent(150)], [200, 150, 0])).toEqual([200, 150, 0]);
  });

  it('keeps room for a paused one again only where it fits with a margin', () => {
    expect(available(400, 100, [sent(150), paused(150)], [300, 0])).toEqual([300, 0]);
    expect(available(430, 100, [sent(150), paused(150)], [150, 0])).toEqual([180, 180]);
    expect(available(400, 100, [sent(150), sent(150)], [150, 150])).toEqual([150, 150]);
  });

  it('leaves the first one to its own chooser, however little there is', () => {
    expect(available(90, 100, [sent(150), sent(150)], [0, 0])).toEqual([0, 0]);
    expect(available(200, 100, [sent(150), sent(150)], [0, 0])).toEqual([100, 0]);
  });

  it('knows no limit where nothing estimates', () => {
    expect(available(Number.POSITIVE_INFINITY, 100, [sent(150), sent(150)], [900, 900])).toEqual([Infinity, Infinity]);
  });

  it('does not let a better layer that takes a little more than there is cost another its lowest', () => {
    expect(available(2000, 100, [sent(150), sent(150), sent(150)], [1660, 150, 150])).toEqual([1600, 150, 150]);
  });

  it('never gives out more than there is', () => {
    const video = fc.record({ lowestBps: fc.nat(500), isPaused: fc.boolean(), nextBps: fc.nat(2000) });
    const property = fc.property(
      fc.nat(3000),
      fc.nat(300),
      fc.array(video, { maxLength: 8 }),
      (estimate, audio, videos) => {
        const division = new LineDivision(estimate, audio, videos);
        let total = 0;
        for (const [index, { lowestBps, nextBps }] of videos.entries()) {
          const share = division.shareOf(index);
          const own = Math.max(0, share.estimateBps - share.audioBps);
          // The greediest chooser: all that it is given, where that carries its lowest layer.
          const fits = own >= lowestBps && own <= estimate - audio;
          const taken = fits ? own : 0;
          division.take(taken, nextBps);
          total += taken;
        }
        expect(total).toBeLessThanOrEqual(Math.max(0, estimate - audio));
      },
    );
    fc.assert(property);
  });
});

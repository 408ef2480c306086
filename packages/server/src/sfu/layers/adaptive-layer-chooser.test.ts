import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdaptiveLayerChooser } from './adaptive-layer-chooser.ts';
import type { LayerCaps } from './layer-caps.ts';
import type { LayerRung, MeasuredSource } from './layer-ladder.ts';
import { LayerRates } from './layer-rates.ts';

const tickUs = 200_000;
const audioBps = 100_000;

function rung(name: number, height: number, framerate: number, bitrateBps: number): LayerRung<MeasuredSource> {
  return {
    source: sources[name] ?? low,
    spatialLayer: 0,
    temporalLayer: framerate > 15 ? 1 : 0,
    height,
    framerate,
    bitrateBps,
  };
}

const unmeasured = { layers: new LayerRates(), layerHeight: () => 0 };
const low: MeasuredSource = { index: 0, width: 320, height: 180, ...unmeasured };
const middle: MeasuredSource = { index: 1, width: 640, height: 360, ...unmeasured };
const high: MeasuredSource = { index: 2, width: 1280, height: 720, ...unmeasured };
const sources = [low, middle, high];
/** Three simulcast layers with two temporal layers each. */
const ladder = [
  rung(0, 180, 15, 100_000),
  rung(0, 180, 30, 150_000),
  rung(1, 360, 15, 350_000),
  rung(1, 360, 30, 500_000),
  rung(2, 720, 15, 1_200_000),
  rung(2, 720, 30, 1_700_000),
];

/** A chooser, and its time. Rungs are named by their place in the ladder; -1 is none. */
class Scene {
  readonly chooser = new AdaptiveLayerChooser<MeasuredSource>();
  nowUs = 0;
  rung = -1;
  switches = 0;
  isProbed = true;
  rungs: readonly LayerRung<MeasuredSource>[] = ladder;

  /** What is left for video, for so long; returns the rung at the end. */
  line(videoBps: number | (() => number), seconds = 0): number {
    const endUs = this.nowUs + seconds * 1e6;
    do {
      const availableBps = typeof videoBps === 'number' ? videoBps : videoBps();
      const chosen = this.chooser.choose(
        this.rungs,
        { estimateBps: availableBps + audioBps, isMeasured: true, isProbed: this.isProbed, audioBps },
        this.nowUs,
      );
      const index = chosen === undefined ? -1 : this.rungs.indexOf(chosen);
      if (index !== this.rung && this.nowUs > 0) this.switches += 1;
      this.rung = index;
      this.nowUs += tickUs;
    } while (this.nowUs <= endUs);
    return this.rung;
  }
}

function scene(caps: LayerCaps = {}): Scene {
  const made = new Scene();
  made.chooser.caps = caps;
  return made;
}

describe('a viewer that joins', () => {
  it('gets the best that its line carries beside the audio, at once', () => {
    expect(scene().line(600_000)).toBe(3);
    expect(scene().line(Number.POSITIVE_INFINITY)).toBe(5);
    expect(scene().line(499_000)).toBe(2);
  });

  it('gets nothing while there is nothing', () => {
    const viewer = scene();
    viewer.rungs = [];
    expect(viewer.line(1e6)).toBe(-1);
    expect(viewer.chooser).toMatchObject({ paused: false, demandBps: 0 });
    viewer.rungs = ladder;
    expect(viewer.line(1e6)).toBe(3);
  });
});

describe('a line that gets worse', () => {
  it('is followed down at once, as far as it takes', () => {
    const viewer = scene();
    viewer.line(2e6);
    expect(viewer.line(1_600_000)).toBe(4);
    expect(viewer.line(360_000)).toBe(2);
  });

  it('is not followed for a dip of a few percent', () => {
    const viewer = scene();
    viewer.line(2e6);
    expect(viewer.line(1_650_000, 5)).toBe(5);
  });

  it('goes on with the only layer there is, though it suffers, down to half of what it takes', () => {
    const viewer = scene();
    viewer.rungs = [rung(2, 720, 30, 1_700_000)];
    expect(viewer.line(900_000, 20)).toBe(0);
    expect(viewer.line(700_000, 3.8)).toBe(0);
    expect(viewer.line(700_000, 0.6)).toBe(-1);
    expect(viewer.chooser.paused).toBe(true);
    expect(viewer.line(2_000_000, 10)).toBe(0);
    expect(viewer.line(300_000, 1.4)).toBe(-1);
  });

  it('tries the lowest layer again by itself, ever more rarely, where nothing else finds out what the line carries', () => {
    const viewer = scene();
    viewer.isProbed = false;
    viewer.rungs = [rung(2, 720, 30, 1_700_000)];
    expect(viewer.line(300_000, 4.4)).toBe(-1);
    expect(viewer.line(300_000, 3.4)).toBe(-1);
    expect(viewer.line(300_000, 0.8)).toBe(0);
    expect(viewer.line(300_000, 4.4)).toBe(-1);
    expect(viewer.line(300_000, 6)).toBe(-1);
    expect(viewer.line(300_000, 2.2)).toBe(0);
    expect(viewer.line(2_000_000, 60)).toBe(0);
    expect(viewer.chooser.paused).toBe(false);
  });

  it('leaves nobody without a picture for more than four seconds once it fits, however often that has failed', () => {
    const viewer = scene();
    viewer.rungs = [rung(2, 720, 30, 1_700_000)];
    for (let failure = 0; failure < 6; failure += 1) {
      expect(viewer.line(700_000, 5)).toBe(-1);
      expect(viewer.line(2_000_000, 4.4)).toBe(0);
    }
  });

  it('pauses video when not even the lowest layer has fitted for a second, for audio comes first', () => {
    const viewer = scene();
    viewer.line(200_000);
    expect(viewer.line(60_000, 0.8)).toBe(0);
    expect(viewer.chooser.paused).toBe(false);
    expect(viewer.line(60_000, 0.6)).toBe(-1);
    expect(viewer.chooser.paused).toBe(true);
  });

  it('is more patient where most of the lowest layer fits', () => {
    const viewer = scene();
    viewer.line(200_000);
    expect(viewer.line(80_000, 3.8)).toBe(0);
    expect(viewer.line(80_000, 0.6)).toBe(-1);
  });

  it('resumes when the lowest layer has fitted with a margin for a while', () => {
    const viewer = scene();
    viewer.line(60_000, 2);
    expect(viewer.line(105_000, 10)).toBe(-1);
    expect(viewer.line(130_000, 1.8)).toBe(-1);
    expect(viewer.line(130_000, 0.6)).toBe(0);
    expect(viewer.chooser.paused).toBe(false);
  });
});

describe('a line that gets better', () => {
  it('is followed up after two seconds, to the best that has fitted all the time', () => {
    const viewer = scene();
    viewer.line(200_000);
    expect(viewer.line(700_000, 1.8)).toBe(1);
    expect(viewer.line(2e6, 0.4)).toBe(3);
    expect(viewer.line(2e6, 2.4)).toBe(5);
  });

  it('is not followed for a peak', () => {
    const viewer = scene();
    viewer.line(200_000);
    for (let peak = 0; peak < 10; peak += 1) {
      expect(viewer.line(2e6, 1.6)).toBe(1);
      expect(viewer.line(200_000)).toBe(1);
    }
  });

  it('is tried again after a failure with twice the patience each time', () => {
    const viewer = scene();
    viewer.line(400_000);
    const waits = Array.from({ length: 4 }, () => {
      const sinceUs = viewer.nowUs;
      while (viewer.line(700_000) < 3);
      const waitedUs = viewer.nowUs - sinceUs;
      viewer.line(400_000);
      return Math.round(waitedUs / 1e6);
    });
    expect(waits).toEqual([2, 4, 8, 16]);
    // Once a rung has held, patience is what it was.
    viewer.line(700_000, 60);
    expect(viewer.line(2e6, 2.4)).toBe(5);
  });
});

describe('a line that failed an attempt and gets better', () => {
  /** Fails to go up from rung 2 to 3 again and again. */
  function failing(): Scene {
    const viewer = scene();
    viewer.line(400_000);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      while (viewer.line(600_000) < 3);
      viewer.line(400_000);
    }
    return viewer;
  }

  it('is another line: it is followed up as soon as any', () => {
    const viewer = failing();
    expect(viewer.line(600_000, 10)).toBe(2);
    expect(viewer.line(2e6, 1.8)).toBe(2);
    expect(viewer.line(2e6, 0.6)).toBe(5);
  });

  it('is looked for: the estimator is to find out whether there is one', () => {
    const viewer = scene();
    viewer.rungs = ladder.slice(0, 4);
    viewer.line(400_000);
    expect(viewer.chooser.demandBps).toBe(500_000 + audioBps);
    while (viewer.line(600_000) < 3);
    viewer.line(400_000);
    expect(viewer.line(400_000)).toBe(2);
    expect(viewer.chooser.demandBps).toBe(900_000 + audioBps);
  });
});

describe('a line that is not measured yet', () => {
  const guess = { estimateBps: 300_000 + audioBps, isMeasured: false, audioBps };

  it('gets what is sure to fit, is not paused, and is chosen for anew when it is measured', () => {
    const { chooser } = scene();
    expect(chooser.choose(ladder, guess, 0)).toBe(ladder[1]);
    expect(chooser.choose(ladder.slice(3), guess, 5e6)).toBe(ladder[3]);
    expect(chooser.paused).toBe(false);
    expect(chooser.choose(ladder, { ...guess, estimateBps: 3e6, isMeasured: true }, 5.1e6)).toBe(ladder[5]);
  });
});

describe('a noisy estimate', () => {
  it('does not make it flap: at most two switches in a minute, wherever the mean lies', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.7, max: 1.5, noNaN: true }), (seed, factor) => {
        const random = generator(seed);
        const viewer = scene();
        viewer.rungs = ladder.filter((_, index) => [0, 1, 3, 5].includes(index));
        viewer.line(500_000);
        viewer.line(() => 500_000 * factor * (0.8 + 0.4 * random()), 60);
        expect(viewer.switches).toBeLessThanOrEqual(2);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe('caps', () => {
  it.each<[string, LayerCaps, number]>([
    ['a small picture is not sent a large one', { visibleHeight: 200 }, 3],
    ['a picture larger than any gets the largest', { visibleHeight: 2000 }, 5],
    ['a token may cap the height', { maxHeight: 360 }, 3],
    ['or the bitrate', { maxBitrateBps: 1_500_000 }, 4],
    ['or the frame rate', { maxFramerate: 15 }, 4],
    ['but not down to nothing', { maxHeight: 90 }, 0],
  ])('%s', (_, caps, expected) => {
    const viewer = scene(caps);
    expect(viewer.line(1e7, 5)).toBe(expected);
    expect(viewer.chooser.demandBps).toBe((ladder[expected]?.bitrateBps ?? 0) + audioBps);
  });

  it('take effect at once when lowered, and with patience when lifted', () => {
    const viewer = scene();
    viewer.line(1e7);
    viewer.chooser.caps = { visibleHeight: 180 };
    expect(viewer.line(1e7)).toBe(1);
    viewer.chooser.caps = {};
    expect(viewer.line(1e7, 1.8)).toBe(1);
    expect(viewer.line(1e7, 0.6)).toBe(5);
  });
});

describe('layers that come and go', () => {
  it('falls to the next below when its layer is gone, and climbs back', () => {
    const viewer = scene();
    viewer.line(1e7);
    viewer.rungs = ladder.slice(0, 4);
    expect(viewer.line(1e7)).toBe(3);
    viewer.rungs = ladder;
    expect(viewer.line(1e7, 2.4)).toBe(5);
  });
});

/** Mulberry32: numbers from 0 to 1 that are the same in each run. */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

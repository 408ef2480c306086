import { describe, expect, it } from 'vitest';
import { PayloadInfo } from '../../rtp/payload/payload-info.ts';
import { buildLadder, type MeasuredSource } from './layer-ladder.ts';
import { LayerRates } from './layer-rates.ts';

const nowUs = 1_700_000_003_000_000;

/** A source that has sent pictures of these layers for three seconds, 24 a second. */
function source(
  index: number,
  height: number,
  spatialLayers: number,
  temporalLayers: number,
  heights: readonly number[] = [],
): MeasuredSource {
  const layers = new LayerRates();
  const info = new PayloadInfo();
  info.frameStart = true;
  for (let picture = 0; picture < 72; picture += 1) {
    info.temporalLayer = picture % 2 === 1 ? temporalLayers - 1 : Math.min(temporalLayers - 1, (picture / 2) % 2);
    for (let spatial = 0; spatial < spatialLayers; spatial += 1) {
      info.spatialLayer = spatial;
      layers.add(info, 1000, nowUs - 3e6 + (picture * 1e6) / 24);
    }
  }
  return { index, width: (height * 16) / 9, height, layers, layerHeight: (spatial) => heights[spatial] ?? 0 };
}

function names(sources: readonly MeasuredSource[], atUs = nowUs): string[] {
  return buildLadder(sources, atUs).map(
    ({ source, spatialLayer, temporalLayer, height }) => `${source.index}/S${spatialLayer}T${temporalLayer} ${height}p`,
  );
}

describe('the ladder', () => {
  it('ranks simulcast layers by size, with half the frame rate below the full one', () => {
    expect(names([source(0, 720, 1, 3), source(1, 180, 1, 3)])).toEqual([
      '1/S0T0 180p',
      '1/S0T1 180p',
      '1/S0T2 180p',
      '0/S0T1 720p',
      '0/S0T2 720p',
    ]);
  });

  it('ranks them as the host has listed them while their sizes are unknown', () => {
    expect(names([source(1, 0, 1, 1), source(0, 0, 1, 1)])).toEqual(['0/S0T0 0p', '1/S0T0 0p']);
  });

  it('has a rung for each spatial layer, and what they take together', () => {
    const rungs = buildLadder([source(0, 720, 3, 1)], nowUs);
    expect(rungs.map(({ height }) => height)).toEqual([180, 360, 720]);
    const [first, , third] = rungs;
    expect(third?.bitrateBps).toBeCloseTo(3 * (first?.bitrateBps ?? 0));
    expect(third?.framerate).toBeGreaterThan(20);
  });

  it('goes by the sizes that the host tells, while it sends no more than the lower ones', () => {
    expect(names([source(0, 720, 2, 1, [180, 360, 720])])).toEqual(['0/S0T0 180p', '0/S1T0 360p']);
  });

  it('leaves out what is silent', () => {
    expect(names([source(0, 720, 1, 1)], nowUs + 10e6)).toEqual([]);
  });
});

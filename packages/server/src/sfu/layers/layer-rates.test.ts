import { describe, expect, it } from 'vitest';
import { PayloadInfo } from '../../rtp/payload/payload-info.ts';
import { LayerRates } from './layer-rates.ts';

const startUs = 1_700_000_000_000_000;

/** A picture each 40 ms: of each spatial layer 1000 bytes, doubled with each; temporal layers 0, 2, 1, 2. */
function feed(rates: LayerRates, seconds: number, { spatialLayers = 1, fromUs = startUs, alone = false } = {}): number {
  const info = new PayloadInfo();
  info.frameStart = true;
  for (let picture = 0; picture < seconds * 25; picture += 1) {
    for (let spatial = 0; spatial < spatialLayers; spatial += 1) {
      info.spatialLayer = spatial;
      info.temporalLayer = [0, 2, 1, 2][picture % 4] ?? 0;
      info.interPicturePredicted = alone;
      info.upperLayersIndependent = alone;
      rates.add(info, 1000 * 2 ** spatial, fromUs + picture * 40_000);
    }
  }
  return fromUs + seconds * 1e6;
}

describe('LayerRates', () => {
  it('measures each temporal layer together with those below', () => {
    const rates = new LayerRates();
    const nowUs = feed(rates, 8);
    expect([0, 1, 2].map((temporal) => rates.bitrateBps(0, temporal, nowUs) / 50_000)).toEqual([
      expect.closeTo(1, 0),
      expect.closeTo(2, 0),
      expect.closeTo(4, 0),
    ]);
    expect(rates.framerate(1, nowUs)).toBeCloseTo(12.5, 0);
    expect(rates.framerate(2, nowUs)).toBeCloseTo(25, 0);
    expect([rates.topSpatialLayer(nowUs), rates.topTemporalLayer(nowUs)]).toEqual([0, 2]);
  });

  it('counts spatial layers upon each other, but not where the upper ones do without', () => {
    const stacked = new LayerRates();
    const alone = new LayerRates();
    const nowUs = feed(stacked, 5, { spatialLayers: 3 });
    feed(alone, 5, { spatialLayers: 3, alone: true });
    expect(stacked.bitrateBps(2, 2, nowUs)).toBeCloseTo(7 * 200_000, -5);
    expect(alone.bitrateBps(2, 2, nowUs)).toBeCloseTo(4 * 200_000, -5);
  });

  it('says nothing before half a second, then what there is, however short', () => {
    const rates = new LayerRates();
    const nowUs = feed(rates, 0.4);
    expect(rates.bitrateBps(0, 2, nowUs)).toBe(0);
    expect(rates.bitrateBps(0, 2, feed(rates, 0.4, { fromUs: nowUs }))).toBeCloseTo(200_000, -5);
  });

  it('forgets a layer that has stopped, and measures anew when it is back', () => {
    const rates = new LayerRates();
    let nowUs = feed(rates, 5) + 4e6;
    expect([rates.bitrateBps(0, 2, nowUs), rates.topSpatialLayer(nowUs)]).toEqual([0, -1]);
    nowUs = feed(rates, 1, { fromUs: nowUs });
    expect(rates.bitrateBps(0, 2, nowUs)).toBeCloseTo(200_000, -5);
  });
});

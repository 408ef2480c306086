import { describe, expect, it } from 'vitest';
import { highestWithin, type LayerCaps, narrower } from './layer-caps.ts';
import type { LayerRung, MeasuredSource } from './layer-ladder.ts';
import { LayerRates } from './layer-rates.ts';

/** 180p, 360p and 720p of 16:9 by rid q, h and f, the lowest with two frame rates and the highest with two. */
function rung(rid: string, height: number, temporalLayer: number, framerate: number): LayerRung<MeasuredSource> {
  const source = {
    index: 0,
    rid,
    width: (height * 16) / 9,
    height,
    layers: new LayerRates(),
    layerHeight: () => height,
  };
  return { source, spatialLayer: 0, temporalLayer, bitrateBps: height * 1000 + framerate * 1000, height, framerate };
}
const ladder = [
  rung('q', 180, 0, 15),
  rung('q', 180, 1, 30),
  rung('h', 360, 1, 30),
  rung('f', 720, 0, 15),
  rung('f', 720, 1, 30),
];

const chosen = (caps: LayerCaps) => {
  const { source, framerate } = ladder[highestWithin(ladder, caps)] ?? {};
  return `${source?.rid}@${framerate}`;
};

describe('caps', () => {
  it.each<[string, LayerCaps, string]>([
    ['nothing', {}, 'f@30'],
    ['a visible size between two layers, the one that fills it', { visibleWidth: 500, visibleHeight: 281 }, 'h@30'],
    ['a visible size of just one layer', { visibleWidth: 640, visibleHeight: 360 }, 'h@30'],
    ['a wide strip, whose height the picture has to fit', { visibleWidth: 2000, visibleHeight: 170 }, 'q@30'],
    ['a narrow column, whose width the picture has to fit', { visibleWidth: 300, visibleHeight: 2000 }, 'q@30'],
    ['a screen larger than all', { visibleWidth: 3840, visibleHeight: 2160 }, 'f@30'],
    ['a chosen layer', { rid: 'h' }, 'h@30'],
    ['a chosen layer that is not sent', { rid: 'x' }, 'f@30'],
    ['a height', { maxHeight: 500 }, 'h@30'],
    ['a height below all layers, the lowest', { maxHeight: 100 }, 'q@15'],
    ['a bitrate', { maxBitrateBps: 395_000 }, 'h@30'],
    ['a frame rate that is measured a little above', { maxFramerate: 14 }, 'f@15'],
    ['a temporal layer', { maxTemporalLayer: 0 }, 'f@15'],
  ])('by %s', (_, caps, expected) => {
    expect(chosen(caps)).toBe(expected);
  });

  it('leave nothing of nothing', () => {
    expect(highestWithin([], { rid: 'h' })).toBe(-1);
  });

  it('of a viewer are narrowed by those of its token, not widened', () => {
    const merged = narrower({ rid: 'f', maxHeight: 720 }, { maxHeight: 360, maxBitrateBps: 1 });
    expect(merged).toEqual({ rid: 'f', maxHeight: 360, maxBitrateBps: 1 });
    expect(narrower({ maxHeight: 180 }, { maxHeight: 360 })).toEqual({ maxHeight: 180 });
  });
});

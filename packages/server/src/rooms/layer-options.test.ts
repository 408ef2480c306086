import { expect, it } from 'vitest';
import { layerOptions } from './layer-options.ts';

it('are one for each picture, best first, with the bitrate of all its frames, without those held back', () => {
  const layer = (rid: string, temporalLayerId: number, height: number, bitrate?: number) => ({
    ...{ rid, encodingId: rid, spatialLayerId: 0, temporalLayerId, height, width: (height * 16) / 9 },
    ...(bitrate !== undefined && { bitrate }),
  });
  const told = [
    layer('q', 0, 180, 90_000),
    layer('q', 1, 180, 150_000),
    { rid: 'h', encodingId: 'h', spatialLayerId: 0, temporalLayerId: 0 },
    layer('f', 0, 720),
  ];
  expect(layerOptions(told)).toEqual([
    { rid: 'f', width: 1280, height: 720, bitrate_bps: null },
    { rid: 'q', width: 320, height: 180, bitrate_bps: 150_000 },
  ]);
});

it('go by their height where one stream holds several', () => {
  const told = [1, 0].map((spatialLayerId) => ({
    ...{ spatialLayerId, temporalLayerId: 0, width: 640 * (spatialLayerId + 1), height: 360 * (spatialLayerId + 1) },
  }));
  expect(layerOptions(told).map(({ rid, height }) => [rid, height])).toEqual([
    [null, 720],
    [null, 360],
  ]);
});

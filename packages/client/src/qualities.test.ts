import { expect, it } from 'vitest';
import { choiceOf, qualitiesOf } from './qualities.ts';

const option = (rid: string | null, width: number, height: number) => ({ rid, width, height, bitrate_bps: 1_000 });

it('are auto and the layers, each with an id that the server understands again', () => {
  const qualities = qualitiesOf([option('f', 1280, 720), option(null, 640, 360), option('q', 180, 320)]);
  expect(qualities.map(({ id, label }) => [id, label])).toEqual([
    ['auto', 'Auto'],
    ['f', '720p'],
    ['height:360', '360p'],
    ['q', '180p'],
  ]);
  expect(qualities.map(({ id }) => choiceOf(id))).toEqual([{}, { rid: 'f' }, { height: 360 }, { rid: 'q' }]);
  expect(qualities[1]).toMatchObject({ width: 1280, height: 720, bitrateBps: 1_000 });
});
